"""Archives: what is in them is counted while it is read, whatever they declare."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.feeds import archives
from accounts.feeds.archives import read_archive
from accounts.feeds.report import Refusal, Refused

TEXT = b"un texte qui se repete, " * 5000


def archive(folder: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", method) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def content(path: Path) -> dict[str, bytes]:
    return {member.name: b"".join(member.chunks()) for member in read_archive(path)}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_members_are_read_whole(tmp_path: Path, method: int) -> None:
    path = archive(tmp_path, {"d/": b"", "d/é.xml": TEXT, "vide.xml": b""}, method)
    assert content(path) == {"a.zip!d/é.xml": TEXT, "a.zip!vide.xml": b""}


@pytest.mark.parametrize("method", archives.UNPACKERS)
def test_pieces_stay_small(tmp_path: Path, method: int) -> None:
    numbers = " ".join(map(str, range(100_000))).encode()
    (member,) = read_archive(archive(tmp_path, {"a": numbers}, method))
    assert max(map(len, member.chunks())) <= archives.PIECE


@pytest.mark.parametrize("name", ["../a.xml", "/a.xml", "d/../../a.xml", "..\\a.xml", "C:\\a.xml", "C:/a.xml"])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_archive(archive(tmp_path, {"ok.xml": b"", name: b""}))
    assert caught.value.reason is Refused.ARCHIVE_UNSAFE


def test_a_method_that_cannot_be_bounded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="compression method"):
        read_archive(archive(tmp_path, {"a.xml": TEXT}, zipfile.ZIP_LZMA))


def test_a_ratio_no_delivery_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read_archive(archive(tmp_path, {"a.xml": bytes(30 * 1024**2)}))
    assert caught.value.reason is Refused.TOO_LARGE


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    members = {f"{n}.xml": b"" for n in range(archives.MEMBERS_LIMIT + 1)}
    with pytest.raises(Refusal, match="members"):
        read_archive(archive(tmp_path, members))


def test_too_much_in_all_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "SIZE_LIMIT", 150_000)
    with pytest.raises(Refusal, match="150000 bytes"):
        read_archive(archive(tmp_path, {"a.xml": TEXT, "b.xml": TEXT}))


def test_a_wrong_checksum_is_found(tmp_path: Path) -> None:
    path = archive(tmp_path, {"a.xml": TEXT}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"texte qui se repete", b"texte qui se trompe", 1))
    with pytest.raises(Refusal) as caught:
        content(path)
    assert caught.value.reason is Refused.ARCHIVE_DAMAGED


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_archives_are_read_or_refused_but_never_crash(tmp_path: Path, data: st.DataObject) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.writestr("a.xml", b"contenu " * 20)
        whole.writestr("b.xml", b"autre contenu")
    original = made.getvalue()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 20)))
    path = tmp_path / "damaged.zip"
    path.write_bytes(original[:start] + data.draw(st.binary(max_size=20)) + original[end:])
    try:
        content(path)
    except Refusal as refusal:
        assert refusal.file.startswith("damaged.zip")
