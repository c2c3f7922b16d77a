"""A PDF file in pieces: objects packed by groups, so that a reader opens the first pages without reading the rest."""

import re
import zlib
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
ENTRY = 7
"""Bytes of an object in the table at the end: kind, four bytes of offset or number of its stream, two of index."""

INDEXES = [index.to_bytes(2, "big") for index in range(0x4000)]


class PdfFile:
    """Numbers objects, writes them, and knows where they are. `taken` hands over what was written since."""

    def __init__(self) -> None:
        self._pieces = [b"%PDF-1.7\n%\xf0\x9f\x96\xa4\n"]
        self._position = len(self._pieces[0])
        self._table = bytearray(b"\0\0\0\0\0\xff\xff")

    def reserve(self, count: int = 1) -> int:
        """The first of `count` numbers that follow each other."""
        first = len(self._table) // ENTRY
        self._table += bytes(ENTRY * count)
        return first

    def write(self, number: int, body: bytes) -> None:
        piece = b"%d 0 obj\n%b\nendobj\n" % (number, body)
        place = number * ENTRY
        self._table[place : place + ENTRY] = b"\x01" + self._position.to_bytes(4, "big") + b"\0\0"
        self._pieces.append(piece)
        self._position += len(piece)

    def write_stream(self, number: int, content: bytes, entries: bytes = b"", *, deflate: bool = False) -> None:
        if deflate:
            # The table at the end is most of it: at level 1 it takes a twelfth of the time, and fewer bytes.
            content, entries = zlib.compress(content, 1), entries + b"/Filter/FlateDecode"
        self.write(number, b"<</Length %d%b>>stream\n%b\nendstream" % (len(content), entries, content))

    def write_packed(self, first: int, bodies: Sequence[str]) -> None:
        """Bodies of objects numbered from `first` on, in one deflated stream, which takes the next number."""
        count, packed = len(bodies), self.reserve()
        offsets = accumulate((len(body) + 1 for body in bodies), initial=0)
        head = " ".join(map("%d %d".__mod__, zip(range(first, first + count), offsets, strict=False)))
        content = zlib.compress("\n".join([head, *bodies]).encode("ascii"), 1)
        entries = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (count, len(head) + 1)
        self.write_stream(packed, content, entries)
        start = b"\x02" + packed.to_bytes(4, "big")
        self._table[first * ENTRY : (first + count) * ENTRY] = start + start.join(INDEXES[:count])

    def adopt(self, objects: Sequence[Any], number: int, target: int) -> None:
        """Write pydyf's object `number` as `target`, and whatever it refers to under numbers of this file."""
        given = {number: target}

        def renumbered(found: re.Match[bytes]) -> bytes:
            old = int(found[1])
            if old not in given:
                given[old] = self.reserve()
                left.append(old)
            return b"%d 0 R" % given[old]

        left = [number]
        for old in left:
            head, stream, content = objects[old].data.partition(b"\nstream\n")
            self.write(given[old], REFERENCE.sub(renumbered, head) + stream + content)

    def close(self, catalog: int, info: int) -> None:
        number = self.reserve()
        self._table[-ENTRY:] = b"\x01" + self._position.to_bytes(4, "big") + b"\0\0"
        place, size = self._position, number + 1
        entries = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R" % (size, catalog, info)
        self.write_stream(number, bytes(self._table), entries, deflate=True)
        self._pieces.append(b"startxref\n%d\n%%%%EOF\n" % place)

    def taken(self) -> bytes:
        pieces = b"".join(self._pieces)
        self._pieces.clear()
        return pieces


def text_string(text: str) -> bytes:
    """`text` as a string of PDF."""
    return b"<feff" + text.encode("utf-16-be").hex().encode() + b">"
