"""XML of unknown hands, read element by element in constant memory.

A file's own prolog never reaches lxml: expat reads it first, refuses an internal subset at its opening
bracket (nothing declared there is ever parsed), and is then replaced by a prolog of ours. So an external
DOCTYPE is never looked for, and an undeclared `&eacute;` is no error but a node, resolved with the HTML table
by `text_of`.
"""

import html.entities
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import NoReturn
from xml.parsers import expat

from lxml import etree

from accounts.feeds.report import Refusal, Refused

Chunks = Callable[[], Generator[bytes, None, None]]
"""Opens a file anew and gives its bytes piece by piece."""

HEAD_LIMIT = 64 * 1024
"""Bytes within which a file's first element must open and its header comments end."""

ELEMENT_LIMIT = 1024 * 1024
"""Bytes an element may take: what bounds the memory. Real entries have 1 to 10 kB."""

ELEMENTS_LIMIT = 5_000_000
"""Elements a file may hold; the largest académie has some 1.3 million in all its files together."""

LONG_LINE = 65535
"""From here on libxml2 no longer stores an element's line but answers with that of its first text."""

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = {b"\xff\xfe": "UTF-16LE", b"\xfe\xff": "UTF-16BE"}
COMMENTED_VALUE = re.compile(r'(\w+)\s*=\s*"([^"]*)"')


class _Enough(Exception):  # noqa: N818 - a way out of the parser, not an error
    """The head has told what it can."""


@dataclass(slots=True)
class Head:
    """A file's beginning: its root, the values told in comments (`versionAF="…"`), where the root opens."""

    root: str = ""
    encoding: str = ""
    offset: int = 0
    line: int = 1
    told: dict[str, str] = field(default_factory=dict)


def read_head(chunks: Chunks, name: str) -> Head:
    """What the first bytes say. Refuses an empty file, what is not XML, and any internal subset."""
    with closing(chunks()) as pieces:
        return _parse_head(_first_bytes(pieces), name)[0]


def elements(chunks: Chunks, name: str, tags: Iterable[str]) -> Iterator[etree._Element]:
    """The elements of these tags, one after the other; each is gone from memory when the next comes."""
    with closing(chunks()) as pieces:
        head, data = _parse_head(_first_bytes(pieces), name)
        parser = _hardened(tuple(tags), head.encoding, name)
        try:
            parser.feed(_own_prolog(head))
            yield from _pull(parser, chain([data[head.offset :]], pieces), name)
            parser.close()
        except etree.XMLSyntaxError as error:
            _refuse(error, name, head)


def text_of(element: etree._Element, name: str) -> str:
    """The text of an element that holds text only, HTML's named entities resolved."""
    if not len(element):
        return element.text or ""
    parts = [element.text or ""]
    for child in element:
        if not isinstance(child, etree._Entity):
            raise Refusal(Refused.OUT_OF_PLACE, name, line_of(element), str(child.tag))
        if child.name not in html.entities.name2codepoint:
            raise Refusal(Refused.UNKNOWN_ENTITY, name, line_of(element), child.name)
        parts += [chr(html.entities.name2codepoint[child.name]), child.tail or ""]
    return "".join(parts)


def line_of(element: etree._Element) -> int:
    """The line of the element's first tag."""
    line: int = element.sourceline  # type: ignore[assignment] # the stubs know no type
    return line if line < LONG_LINE else line - (element.text or "").count("\n")


def _first_bytes(pieces: Iterator[bytes]) -> bytes:
    """At least `HEAD_LIMIT` bytes, or the whole file."""
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) >= HEAD_LIMIT:
            break
    return bytes(data)


def _parse_head(data: bytes, name: str) -> tuple[Head, bytes]:
    """The head, and the data it was read from, without byte order marks of UTF-8 (some files have two)."""
    if not data.strip():
        raise Refusal(Refused.EMPTY, name)
    marked = data.startswith(UTF8_MARK)
    while data.startswith(UTF8_MARK):
        data = data.removeprefix(UTF8_MARK)
    head = Head(encoding=UTF16_MARKS.get(data[:2], "UTF-8"))
    parser = expat.ParserCreate("utf-8" if marked else None)
    _listen(parser, head, name, may_declare=not marked and data[:2] not in UTF16_MARKS)
    try:
        parser.Parse(data[:HEAD_LIMIT], len(data) < HEAD_LIMIT)
    except _Enough:
        pass
    except (LookupError, ValueError) as error:
        raise Refusal(Refused.BAD_ENCODING, name, parser.CurrentLineNumber, str(error)) from None
    except expat.ExpatError as error:
        if not head.root:
            raise Refusal(Refused.MALFORMED, name, error.lineno, expat.ErrorString(error.code)) from None
    if not head.root:
        raise Refusal(Refused.TOO_LARGE, name, None, f"no element in the first {HEAD_LIMIT} bytes")
    return head, data


def _listen(parser: expat.XMLParserType, head: Head, name: str, may_declare: bool) -> None:
    """Have the parser fill the head, and stop at the second element."""

    def declared(version: str, encoding: str | None, standalone: int) -> None:
        if encoding and may_declare:
            head.encoding = encoding

    def doctype(root: str, system: str | None, public: str | None, has_internal_subset: bool) -> None:
        if has_internal_subset:
            raise Refusal(Refused.ENTITIES, name, parser.CurrentLineNumber, "DOCTYPE with an internal subset")

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if head.root:
            raise _Enough
        head.root, head.offset, head.line = tag, parser.CurrentByteIndex, parser.CurrentLineNumber

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = opened
    parser.CommentHandler = lambda text: head.told.update(COMMENTED_VALUE.findall(text))


def _hardened(tags: tuple[str, ...], encoding: str, name: str) -> etree.XMLPullParser:
    try:
        return etree.XMLPullParser(
            events=("end",),
            tag=tags,
            encoding=encoding,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
    except LookupError:
        raise Refusal(Refused.BAD_ENCODING, name, 1, encoding) from None


def _own_prolog(head: Head) -> bytes:
    """A DOCTYPE that promises declarations nobody reads, on as many lines as the file's own prolog took."""
    return ("<!DOCTYPE root SYSTEM 'none'>" + "\n" * (head.line - 1)).encode(
        head.encoding if head.encoding.startswith("UTF-16") else "ascii"
    )


def _pull(parser: etree.XMLPullParser, pieces: Iterable[bytes], name: str) -> Iterator[etree._Element]:
    count = quiet = 0
    for piece in pieces:
        parser.feed(piece)
        quiet += len(piece)
        for _, element in parser.read_events():
            if not isinstance(element, etree._Element):
                continue
            yield element
            quiet = 0
            count += 1
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
        if quiet > ELEMENT_LIMIT or count > ELEMENTS_LIMIT:
            raise Refusal(Refused.TOO_LARGE, name, None, f"an element over {ELEMENT_LIMIT} bytes, or too many")


def _refuse(error: etree.XMLSyntaxError, name: str, head: Head) -> NoReturn:
    if error.code == etree.ErrorTypes.ERR_INVALID_ENCODING:  # type: ignore[attr-defined]
        raise Refusal(Refused.BAD_ENCODING, name, error.lineno, head.encoding) from None
    raise Refusal(Refused.MALFORMED, name, error.lineno, (error.msg or "").split(", line")[0]) from None
