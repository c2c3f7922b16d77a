"""The files that paths stand for: a folder's, an archive's, or the path itself."""

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from accounts.feeds.archives import PIECE, read_archive
from accounts.feeds.report import Refusal, Refused
from accounts.feeds.tars import read_tar
from accounts.feeds.xml import Chunks

ZIP_MAGIC = b"PK"
GZIP_MAGIC = b"\x1f\x8b"
READ = (".xml", ".csv")
ARCHIVES = (".zip", ".tgz", ".tar.gz")


def find_files(paths: Iterable[Path]) -> list[tuple[str, Chunks]]:
    """The XML and CSV files, by the name to cite. Raises `Refusal` where there is none, or one cannot be opened."""
    paths = list(paths)
    found = sorted((file for path in paths for file in _files(path)), key=lambda file: file[0])
    if not found:
        raise Refusal(Refused.NOTHING, ", ".join(path.name for path in paths))
    return found


def _files(path: Path) -> Iterator[tuple[str, Chunks]]:
    """Links inside a folder are not followed."""
    try:
        if path.is_dir():
            inner = sorted(file for file in path.rglob("*") if file.name.lower().endswith(READ + ARCHIVES))
            for file in inner:
                if file.is_file() and not file.is_symlink():
                    yield from _file(file, file.relative_to(path).as_posix())
        else:
            yield from _file(path, path.name)
    except OSError as error:
        raise Refusal(Refused.UNREADABLE, path.name, None, error.strerror or "") from None


def _file(path: Path, name: str) -> Iterator[tuple[str, Chunks]]:
    with path.open("rb") as file:
        magic = file.read(len(ZIP_MAGIC))
    if magic == ZIP_MAGIC:
        yield from ((m.name, m.chunks) for m in read_archive(path) if m.name.lower().endswith(READ))
    elif magic == GZIP_MAGIC:
        yield from ((m.name, m.chunks) for m in read_tar(path) if m.name.lower().endswith(READ))
    else:
        yield name, lambda: _chunks(path)


def _chunks(path: Path) -> Generator[bytes, None, None]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
