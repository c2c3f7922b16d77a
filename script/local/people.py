"""The invented people of the demo, as `manage.py prepare --demo` wrote them, and their one-time codes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TypedDict

from script.local.directories import ROOT
from script.local.totp import current_code

DEFAULT_DATA = ROOT / ".run"


class Person(TypedDict):
    """Somebody who can sign in; the secret is empty for who has no one-time code."""

    role: str
    username: str
    password: str
    totp_secret: str
    uai: str
    label: str
    note: str


def read_people(path: Path) -> list[Person]:
    people: list[Person] = json.loads(path.read_text())
    return people


def table(people: list[Person]) -> str:
    """Role, identifiant, password and school of each in aligned columns, and in words who it is."""
    rows = [("rôle", "identifiant", "mot de passe", "UAI", "")]
    for person in people:
        words = "\u202f; ".join(filter(None, (person["label"], person["note"])))
        rows.append((person["role"], person["username"], person["password"], person["uai"], words))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(f"    {line.rstrip()}" for line in lines)


def code_sentence(person: Person, data: Path) -> str:
    """The person's code of now, and the command that gives the next."""
    code, seconds = current_code(person["totp_secret"])
    elsewhere = "" if data == DEFAULT_DATA else f" --data {data}"
    return f"{code} ({person['username']}, for {seconds} s more; then: script/otp {person['username']}{elsewhere})"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/otp", description="Prints the current one-time code of one of the demo's people."
    )
    parser.add_argument("username", metavar="IDENTIFIANT")
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="the server's data directory (.run)")
    options = parser.parse_args()
    path = options.data / "people.json"
    if not path.exists():
        sys.exit(f"script/otp: no demo in {options.data}: start script/server first.")
    people = {person["username"]: person for person in read_people(path) if person["totp_secret"]}
    if options.username not in people:
        sys.exit(f"script/otp: {options.username} has no codes; these have: {', '.join(sorted(people))}")
    code, seconds = current_code(people[options.username]["totp_secret"])
    print(code)
    print(f"for {seconds} s more", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
