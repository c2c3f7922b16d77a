import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from script.local.directories import HeldElsewhereError, held, plain_disk_errors, private_directory, socket_directory
from script.local.processes import CannotStartError


def test_a_data_directory_has_one_holder(tmp_path: Path) -> None:
    with (
        held(tmp_path / "data"),
        pytest.raises(HeldElsewhereError, match=f"pid {os.getpid()}"),
        held(tmp_path / "data"),
    ):
        pass
    with held(tmp_path / "data") as data:
        assert (data / "server.pid").read_text() == f"{os.getpid()}\n"


def test_what_it_keeps_is_private(tmp_path: Path) -> None:
    with held(tmp_path / "data") as data:
        assert data.stat().st_mode & 0o066 == 0
        assert (data / "log").stat().st_mode & 0o077 == 0


def test_a_full_disk_is_told_before_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = SimpleNamespace(free=3 * 2**20)
    monkeypatch.setattr("shutil.disk_usage", lambda _: full)
    with pytest.raises(CannotStartError, match="The disk is full: 3 MB free"), held(tmp_path / "data"):
        pass


def test_a_file_in_the_way_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with (
        pytest.raises(CannotStartError, match="a file stands in the way"),
        plain_disk_errors(tmp_path),
        held(tmp_path / "data"),
    ):
        pass


def test_another_error_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), plain_disk_errors(tmp_path):
        (tmp_path / "missing").read_text()


@pytest.mark.parametrize("name", ["x" * 120, "d'été, à deux"])
def test_an_address_that_a_socket_cannot_bear_is_replaced(tmp_path: Path, name: str) -> None:
    home = tmp_path / name
    home.mkdir()
    sockets = socket_directory(home, "postgres-socket", None)
    assert sockets.parent == Path("/tmp")
    assert sockets == socket_directory(home, "postgres-socket", None)
    assert sockets.stat().st_mode & 0o077 == 0
    sockets.rmdir()


def test_a_fitting_address_is_kept_and_emptied(tmp_path: Path) -> None:
    sockets = socket_directory(tmp_path, "s", None)
    (sockets / "leftover").touch()
    assert socket_directory(tmp_path, "s", None) == tmp_path / "s"
    assert not list(sockets.iterdir())


def test_a_link_set_by_somebody_else_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(CannotStartError, match="belongs to somebody else"):
        private_directory(tmp_path / "link", None)
