"""What a PDF says: its structure tree, its marked content, and the text of each page in the order of its tags."""

import re
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream

DRAWING = {b"Tj", b"TJ", b"Do", b"f", b"f*", b"S", b"B", b"sh", b"BI"}


def elements(node: Any) -> list[Any]:
    """The structure elements under `node`, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [found for kid in node for found in elements(kid)]
    if not hasattr(node, "get") or "/K" not in node:
        return []
    return [node, *elements(node["/K"])]


def tree_of(document: PdfReader) -> list[Any]:
    return elements(document.trailer["/Root"]["/StructTreeRoot"]["/K"])


def ids_of(element: Any) -> list[int]:
    kids = element["/K"] if isinstance(element["/K"], list) else [element["/K"]]
    return [int(kid) for kid in kids if isinstance(kid, int)]


def content_of(page: Any, document: PdfReader) -> tuple[dict[int, str], list[str]]:
    """The text of each mark of a page, and the operators that draw outside any tag or artifact."""
    letters = {name: letters_of(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    texts: dict[int, str] = {}
    stray, open_marks, font = [], [], ""
    for operands, operator in ContentStream(page.get_contents(), document).operations:
        if operator in (b"BMC", b"BDC"):
            open_marks.append(int(operands[1]["/MCID"]) if operator == b"BDC" else None)
            if open_marks[-1] is not None:
                assert open_marks[-1] not in texts
                texts[open_marks[-1]] = ""
        elif operator == b"EMC":
            open_marks.pop()
        elif operator == b"Tf":
            font = operands[0]
        elif operator in DRAWING and not open_marks:
            stray.append(operator.decode())
        elif operator == b"TJ" and open_marks[-1] is not None:
            texts[open_marks[-1]] += "".join(decoded(operands[0], letters[font]))
    return texts, stray


def letters_of(font: Any) -> dict[int, str]:
    pairs = re.findall(rb"^<([0-9a-f]{4})> <([0-9a-f]*)>$", font["/ToUnicode"].get_data(), re.MULTILINE)
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def decoded(shown: list[Any], letters: dict[int, str]) -> Iterator[str]:
    for part in shown:
        raw = getattr(part, "original_bytes", b"")
        yield from (letters[int.from_bytes(raw[at : at + 2], "big")] for at in range(0, len(raw), 2))


def read_aloud(document: PdfReader) -> list[list[str]]:
    """For each page, its texts as a screen reader comes to them: one an element."""
    texts = {page.indirect_reference.idnum: content_of(page, document)[0] for page in document.pages}
    told: dict[int, list[str]] = {number: [] for number in texts}
    for element in tree_of(document):
        if marks := ids_of(element):
            page = element.raw_get("/Pg").idnum
            told[page].append("".join(texts[page][mark] for mark in marks))
    return list(told.values())
