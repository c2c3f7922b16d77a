"""Which feed files are of, known by what they hold, and the delivery that they make together."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from accounts.feeds import aaf, envelope, school_files
from accounts.feeds.delivery import Delivery
from accounts.feeds.files import find_files
from accounts.feeds.report import Refusal, Refused
from accounts.feeds.siecle_files import ROOTS, VARIANTS
from accounts.feeds.tables import read_header
from accounts.feeds.terms import System
from accounts.feeds.xml import UTF8_MARK, UTF16_MARKS, Chunks, read_head


@dataclass(frozen=True, slots=True)
class _Found:
    """A file, and its format by its content: the root of an XML file, or "" for a table."""

    name: str
    chunks: Chunks
    root: str


def recognise(paths: Path | Iterable[Path], uai: str) -> Delivery:
    """See `accounts.feeds.delivery.read_delivery`."""
    paths = [paths] if isinstance(paths, Path) else list(paths)
    found = [_recognise(name, chunks) for name, chunks in find_files(paths)]
    kinds = {_format(file) for file in found}
    if len(kinds) > 1:
        raise Refusal(Refused.MIXED, found[-1].name, None, " and ".join(sorted(kinds)))
    files = [(file.name, file.chunks) for file in found]
    if kinds == {System.AAF}:
        return aaf.read_pieces(files)
    if kinds == {System.SIECLE}:
        return school_files.read_siecle([(file.name, file.chunks, file.root) for file in found], uai)
    return school_files.read_onde(files, uai)


def _recognise(name: str, chunks: Chunks) -> _Found:
    with closing(chunks()) as pieces:
        head = next(pieces, b"")
    while head.startswith(UTF8_MARK):
        head = head.removeprefix(UTF8_MARK)
    text = head[2:].replace(b"\0", b"") if head[:2] in UTF16_MARKS else head
    if not text.strip():
        raise Refusal(Refused.EMPTY, name)
    if not text.lstrip().startswith(b"<"):
        header = set(read_header(chunks, name))
        if not (school_files.is_of_students(header) or school_files.is_of_guardians(header)):
            raise Refusal(Refused.NOT_A_DELIVERY, name, 1, "headings of no known table")
        return _Found(name, chunks, "")
    head_of_file = read_head(chunks, name)
    root = VARIANTS.get(head_of_file.root, head_of_file.root)
    if root != envelope.ROOT and root not in ROOTS:
        raise Refusal(Refused.NOT_A_DELIVERY, name, head_of_file.line, f"root {root}")
    return _Found(name, chunks, root)


def _format(file: _Found) -> System:
    if not file.root:
        return System.ONDE
    return System.AAF if file.root == envelope.ROOT else System.SIECLE
