"""What every template and stylesheet keeps to, read from the files themselves."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if "letters" not in path.parts]
SHEETS = sorted((ROOT / "static").rglob("*.css"))
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}", re.DOTALL)
INLINE = re.compile(r"\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|hx-on|javascript:", re.IGNORECASE)
PLAIN_SPACE = re.compile(r"[\w»)}] [;:!?](?=[\s<])|« | »|\d %(?!\})")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text(path: Path) -> str:
    """The template without its comments."""
    return COMMENT.sub("", path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_inline_that_the_policy_refuses(path):
    assert not INLINE.findall(text(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_short_and_says_its_context(path):
    lines = path.read_text().splitlines()
    assert len(lines) <= 120
    assert "{% comment %}" in "".join(lines[:2])


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_french_spaces_before_double_signs(path):
    assert not PLAIN_SPACE.findall(text(path))


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_stylesheets_are_short_and_linked(path):
    assert len(path.read_text().splitlines()) <= 300
    linked = (TEMPLATES / "components" / "styles.html").read_text()
    assert path.name == "tokens.css" or f"{path.parent.name}/{path.name}" in linked


def test_components_use_only_values_that_are_given():
    css = "".join(path.read_text() for path in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+):", css))


def test_a_form_in_a_part_of_its_own_is_given_its_token():
    """`only` gives a part nothing but what is named: a form without its token is refused by every browser."""
    with_form = {str(path.relative_to(TEMPLATES)) for path in PAGES if "{% csrf_token %}" in path.read_text()}
    taken = [
        (name(path), told)
        for path in PAGES
        for part, told in re.findall(r'{% include "([^"]+)"([^%]*)%}', text(path))
        if part in with_form and told.rstrip().endswith(" only")
    ]
    assert taken
    assert [place for place, told in taken if "csrf_token=csrf_token" not in told] == []
