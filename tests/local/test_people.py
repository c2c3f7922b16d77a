import json
import re
from pathlib import Path

import pytest

from script.local import people

HEAD = {
    "role": "head",
    "username": "m.durand",
    "password": "x",
    "totp_secret": "JBSWY3DPEB3W64TMMQ",
    "uai": "0510001Z",
    "label": "Cheffe",
    "note": "",
}
TEACHER = HEAD | {"role": "teacher", "username": "a.petit", "totp_secret": "", "note": "au réseau"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "people.json").write_text(json.dumps([HEAD, TEACHER]))
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["otp", *words])
    return people.main()


def test_the_table_names_each_with_role_and_school(data: Path) -> None:
    lines = people.table(people.read_people(data / "people.json")).splitlines()
    assert lines[1].split() == ["head", "m.durand", "x", "0510001Z", "Cheffe"]
    assert lines[2].endswith("Cheffe\u202f; au réseau")


def test_the_next_code_comes_from_the_same_directory(data: Path) -> None:
    head = people.read_people(data / "people.json")[0]
    assert people.code_sentence(head, data).endswith(f"then: script/otp m.durand --data {data})")
    assert people.code_sentence(head, people.DEFAULT_DATA).endswith("then: script/otp m.durand)")


def test_a_code_is_printed_alone(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "m.durand", "--data", str(data)) == 0
    assert re.fullmatch(r"\d{6}\n", capsys.readouterr().out)


@pytest.mark.parametrize(("who", "where"), [("a.petit", "."), ("nobody", "."), ("m.durand", "missing")])
def test_who_has_no_code_is_told(data: Path, monkeypatch: pytest.MonkeyPatch, who: str, where: str) -> None:
    with pytest.raises(SystemExit, match="script/otp: "):
        run(monkeypatch, who, "--data", str(data / where))
