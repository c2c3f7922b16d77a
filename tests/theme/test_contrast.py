"""Contrast of the default theme, computed as WCAG 2.1 does, in light and in dark."""

import re
from itertools import product
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "static/themes/default/tokens.css"
LIGHT, DARK = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
GROUNDS = ("ground", "surface", "surface-soft", "accent-soft")
TONES = ("info", "success", "warning", "error")
DOTS = ("none", "sent", "active", "expired", "blocked", "leaving", "closed")
BODY, TEXT, BORDER = 7.0, 4.5, 3.0
PAIRS = [
    *(("ink", ground, BODY) for ground in GROUNDS),
    *(("ink", f"{tone}-soft", BODY) for tone in TONES),
    *((token, ground, TEXT) for token, ground in product(("ink-soft", "accent", "accent-strong"), GROUNDS)),
    *((tone, f"{tone}-soft", TEXT) for tone in TONES),
    *(("accent", f"{tone}-soft", TEXT) for tone in TONES),
    ("error", "surface", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    *((token, ground, BORDER) for token, ground in product(("line", "focus"), GROUNDS)),
    *((f"state-{dot}", ground, BORDER) for dot, ground in product(DOTS, GROUNDS)),
]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*#([0-9a-f]{6})", css))


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_every_pair_in_use(scheme):
    values = colours(LIGHT) | (colours(DARK) if scheme == "dark" else {})
    measured = [(front, back, least, contrast(values[front], values[back])) for front, back, least in PAIRS]
    assert [pair for pair in measured if pair[3] < pair[2]] == []


def test_the_computation_gives_the_known_extreme():
    assert contrast("000000", "ffffff") == pytest.approx(21)
