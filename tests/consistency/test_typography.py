"""French as it is set: what Python says on the screen has its no-break spaces. (Templates: tests/theme.)"""

import ast
import re
from collections.abc import Iterator

from tests.consistency.sources import APPS, python_files, tree

BREAKABLE = re.compile(r"« |\w [;!?»]|[\w’»)] :(?: |$)")
FRENCH = re.compile(r"[éèàçêûôîœÉÀ’«»]")
NOT_SHOWN = {"migrations", "feeds", "management", "rendering", "demonstration"}


def docstrings(module: ast.Module) -> set[int]:
    """Ids of the strings that stand alone: documentation, not shown."""
    alone = (node.value for node in ast.walk(module) if isinstance(node, ast.Expr))
    return {id(value) for value in alone if isinstance(value, ast.Constant)}


def shown_strings() -> Iterator[tuple[str, str]]:
    for path in python_files(*APPS):
        if NOT_SHOWN & set(path.parts):
            continue
        documented = docstrings(tree(path))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                yield f"{path}:{node.lineno}", node.value


def test_double_signs_never_begin_a_line() -> None:
    assert not {where: text for where, text in shown_strings() if FRENCH.search(text) and BREAKABLE.search(text)}
