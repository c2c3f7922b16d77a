from pathlib import Path

import pytest

from script.local.server import parse

SHELL = ["sh", "-c"]


@pytest.mark.parametrize(
    ("words", "port", "command"),
    [
        ([], 8000, None),
        (["--port", "0", "--then", "pytest", "-q", "--port", "9"], 0, ["pytest", "-q", "--port", "9"]),
        (["--then", "make", "it", "--help"], 8000, ["make", "it", "--help"]),
        (["--then", "true"], 8000, [*SHELL, "true"]),
        (["--then", "exit 7", "--port", "9000"], 9000, [*SHELL, "exit 7"]),
    ],
)
def test_what_follows_then_is_the_command(words: list[str], port: int, command: list[str] | None) -> None:
    options = parse(words)
    assert (options.port, options.then) == (port, command)


def test_the_data_directory_and_the_demo() -> None:
    options = parse(["--data", "/srv/console", "--no-demo"])
    assert (options.data, options.no_demo) == (Path("/srv/console"), True)


@pytest.mark.parametrize("words", [["--then"], ["--port", "65536"], ["--port", "-1"], ["unknown"]])
def test_nonsense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse(words)
    assert stop.value.code == 2
    assert "script/server: error:" in capsys.readouterr().err
