"""The last look at a PDF before it leaves: nothing in it may act, open or carry a file."""

import re
import zlib
from collections.abc import Iterator

ACTIVE = re.compile(rb"/JavaScript|(?i:javascript:)|/EmbeddedFile|/Launch")
"""Marks of scripts, attached files and started programs, each too long to come up by chance in packed bytes.

Personal texts never stand in clear beside them: they are glyph numbers in the content streams, so a hit is
structure.
"""

ACTIVE_UTF16 = re.compile(
    b"".join(b"00(?:%02x|%02x)" % pair for pair in zip(b"javascript:", b"JAVASCRIPT:", strict=True)),
    re.IGNORECASE,
)
"""The address again, as it is written in a string with a letter beyond ASCII: UTF-16 in hexadecimal."""

STREAM = re.compile(rb"\bstream\r?\n(.*?)\r?\nendstream", re.DOTALL)


class ActiveContentError(Exception):
    """A PDF holds something that acts. It is not to be handed out."""


def refuse_active_content(pdf: bytes) -> None:
    """Raises ActiveContentError where `pdf`, or a deflated stream of it, bears a mark of active content."""
    for part in (pdf, *_inflated(pdf)):
        if found := ACTIVE.search(part) or ACTIVE_UTF16.search(part):
            raise ActiveContentError(f"active content in a document: {found.group().decode()}")


def _inflated(pdf: bytes) -> Iterator[bytes]:
    for stream in STREAM.finditer(pdf):
        try:
            yield zlib.decompressobj().decompress(stream.group(1))
        except zlib.error:
            continue  # not deflated: its bytes were searched with the file's
