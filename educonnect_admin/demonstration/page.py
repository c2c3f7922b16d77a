"""The demo's own page: who can be tried, their codes of the moment, and the mails that would have been sent."""

import base64
import json
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_otp.oath import totp

from accounts.walls import READING, public_view

MAILS_SHOWN = 20
PEOPLE_FILE = "people.json"


@public_view(*READING)
def demonstration(request: HttpRequest) -> HttpResponse:
    context = {"people": [_person(person) for person in people()], "mails": list(_mails())}
    response = render(request, "demonstration.html", context)
    response["Cache-Control"] = "no-store"
    return response


def people() -> list[dict[str, Any]]:
    path = settings.DATA_DIR / PEOPLE_FILE
    return json.loads(path.read_text()) if path.exists() else []


def _person(person: dict[str, Any]) -> dict[str, Any]:
    secret = person["totp_secret"]
    return {
        "role": person["label"],
        "school": person["uai"],
        "username": person["username"],
        "password": person["password"],
        "otp_code": f"{totp(base64.b32decode(secret)):06}" if secret else None,
        "note": person["note"],
    }


def _mails() -> Any:
    """The last mails of the file backend, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True) if folder.exists() else []
    for path in files[:MAILS_SHOWN]:
        mail = message_from_bytes(path.read_bytes().split(b"\n" + b"-" * 79)[0], policy=policy.default)
        body = mail.get_body(("plain",))
        yield {
            "to": mail["To"],
            "subject": mail["Subject"],
            "at": mail["Date"].datetime if mail["Date"] else None,
            "body": body.get_content() if body else "",
        }
