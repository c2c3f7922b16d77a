"""Zip archives of unknown hands: nothing is unpacked to disk, and what is read is counted, not what is
declared.

The directory of the archive comes from `zipfile`, the bytes from a loop of our own: `zipfile` inflates bzip2
without any bound, which turns 1.5 kB into 1.2 GB of memory.
"""

import bz2
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from accounts.feeds.report import Refusal, Refused

PIECE = 64 * 1024
MEMBERS_LIMIT = 2000
SIZE_LIMIT = 4 * 1024**3
"""Bytes of an archive, unpacked: twice the largest académie."""

RATIO_LIMIT = 200
"""A delivery shrinks 20 to 30 times; beyond 200 times (and this slack) it is no delivery."""

RATIO_SLACK = 1024**2

LOCAL_HEADER = struct.Struct("<4s22x2H")
LOCAL_MAGIC = b"PK\x03\x04"
ENCRYPTED = 0x1


class _Unpacker(Protocol):
    """As `bz2.BZ2Decompressor`: never gives more than `max_length` bytes at once."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflate:
    """zlib behind the manners of bz2."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


UNPACKERS: dict[int, type[_Unpacker]] = {
    zipfile.ZIP_DEFLATED: _Inflate,
    zipfile.ZIP_BZIP2: bz2.BZ2Decompressor,
}


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. `name` is as a person writes it: `archive.zip!folder/file.xml`."""

    archive: Path
    name: str
    info: zipfile.ZipInfo

    def chunks(self) -> Generator[bytes, None, None]:
        """The member's bytes. Refuses at the first byte beyond the declared size, and on a wrong checksum."""
        size = check = 0
        try:
            with self.archive.open("rb") as file:
                for piece in _unpacked(_packed(file, self.info), self.info.compress_type):
                    size += len(piece)
                    check = zlib.crc32(piece, check)
                    if size > self.info.file_size:
                        raise self._refusal(Refused.TOO_LARGE, f"larger than the declared {self.info.file_size} bytes")
                    yield piece
        except (EOFError, OSError, struct.error, zlib.error):
            raise self._refusal(Refused.ARCHIVE_DAMAGED) from None
        if size != self.info.file_size or check != self.info.CRC:
            raise self._refusal(Refused.ARCHIVE_DAMAGED, "wrong size or checksum")

    def _refusal(self, reason: Refused, detail: str = "") -> Refusal:
        return Refusal(reason, self.name, None, detail)


def read_archive(path: Path) -> list[Member]:
    """The members, checked before any is read: names, kinds, declared sizes and their ratio to the bytes."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        raise Refusal(Refused.ARCHIVE_DAMAGED, path.name) from None
    if len(infos) > MEMBERS_LIMIT:
        raise Refusal(Refused.TOO_LARGE, path.name, None, f"more than {MEMBERS_LIMIT} members")
    if sum(info.file_size for info in infos) > SIZE_LIMIT:
        raise Refusal(Refused.TOO_LARGE, path.name, None, f"more than {SIZE_LIMIT} bytes unpacked")
    members = [Member(path, f"{path.name}!{info.filename}", info) for info in infos]
    for member in members:
        if fault := _fault(member.info):
            raise Refusal(fault[0], member.name, None, fault[1])
    return [member for member in members if not member.info.is_dir()]


def _fault(info: zipfile.ZipInfo) -> tuple[Refused, str] | None:
    parts = info.orig_filename.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or ":" in parts[0] or "\0" in info.orig_filename:
        return Refused.ARCHIVE_UNSAFE, "name that leaves the folder"
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return Refused.ARCHIVE_UNSAFE, "link or special file"
    if info.flag_bits & ENCRYPTED:
        return Refused.ARCHIVE_UNSAFE, "encrypted"
    if info.file_size > RATIO_LIMIT * info.compress_size + RATIO_SLACK:
        return Refused.TOO_LARGE, f"{info.file_size} bytes out of {info.compress_size}"
    if info.compress_type != zipfile.ZIP_STORED and info.compress_type not in UNPACKERS:
        return Refused.ARCHIVE_UNSAFE, "compression method"
    return None


def _packed(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes as they lie in the archive."""
    file.seek(info.header_offset)
    magic, name_length, extra_length = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    if magic != LOCAL_MAGIC:
        raise EOFError
    file.seek(name_length + extra_length, 1)
    left = info.compress_size
    while left:
        piece = file.read(min(PIECE, left))
        if not piece:
            raise EOFError
        left -= len(piece)
        yield piece


def _unpacked(pieces: Iterator[bytes], method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield from pieces
        return
    unpacker = UNPACKERS[method]()
    while not unpacker.eof:
        data = next(pieces, b"") if unpacker.needs_input else b""
        piece = unpacker.decompress(data, PIECE)
        if not piece and not data and not unpacker.eof:
            raise EOFError
        if piece:
            yield piece
