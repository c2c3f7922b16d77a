"""Compressed tar archives (.tgz) of unknown hands: read as a stream, never unpacked to disk."""

import tarfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from accounts.feeds.archives import MEMBERS_LIMIT, PIECE, RATIO_LIMIT, RATIO_SLACK, SIZE_LIMIT
from accounts.feeds.report import Refusal, Refused

DAMAGED = (tarfile.TarError, EOFError, OSError, zlib.error, ValueError)


@dataclass(frozen=True, slots=True)
class TarMember:
    """A file in a tar archive; `name` is as a person writes it: `archive.tgz!folder/file.xml`."""

    archive: Path
    name: str
    position: int

    def chunks(self) -> Generator[bytes, None, None]:
        with _opened(self.archive) as tar:
            for position, info in enumerate(tar):
                if position == self.position:
                    yield from _bytes_of(tar, info)
                    return


def read_tar(path: Path) -> list[TarMember]:
    """The files, checked before any is read: names, kinds, sizes and their ratio to the bytes of the archive."""
    members, size = [], 0
    allowed = min(SIZE_LIMIT, RATIO_LIMIT * path.stat().st_size + RATIO_SLACK)
    with _opened(path) as tar:
        for position, info in enumerate(tar):
            name = f"{path.name}!{info.name}"
            size += info.size
            if position >= MEMBERS_LIMIT or size > allowed:
                raise Refusal(Refused.TOO_LARGE, name, None, f"more than {MEMBERS_LIMIT} members or {allowed} bytes")
            if fault := _fault(info):
                raise Refusal(Refused.ARCHIVE_UNSAFE, name, None, fault)
            if info.isfile():
                members.append(TarMember(path, name, position))
    return members


def _fault(info: tarfile.TarInfo) -> str:
    parts = info.name.replace("\\", "/").split("/")
    if not parts[0] or ".." in parts or ":" in parts[0] or "\0" in info.name:
        return "name that leaves the folder"
    return "" if info.isfile() or info.isdir() else "link or special file"


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r|gz") as tar:
            yield tar
    except DAMAGED:
        raise Refusal(Refused.ARCHIVE_DAMAGED, path.name) from None


def _bytes_of(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    file = tar.extractfile(info)
    while file and (piece := file.read(PIECE)):
        yield piece
