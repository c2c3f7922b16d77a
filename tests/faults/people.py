"""A head at work through the real web server: forms, sent again until they are answered, as a patient person does."""

import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from accounts.enums import Role
from accounts.models import Classroom, School, Schooling, Staff, Student
from educonnect_admin.toolkit.scope import scope
from educonnect_admin.toolkit.text import fold
from tests.factories import ClassroomFactory, SchoolFactory, StaffFactory
from tests.visitors import mandated, sign_in

PATIENCE = 40.0
ANSWER_SECONDS = 15
CSRF = "c" * 32
LARGE, SMALL = ("0510001Z", 420), ("0511234P", 12)


def invent_schools() -> dict[str, Staff]:
    """A school of more than two chunks, and a small one; the head of each."""
    heads = {}
    for uai, size in (LARGE, SMALL):
        with transaction.atomic():
            school = SchoolFactory(uai=uai, name=f"Collège {uai}")
            heads[uai] = mandated(Role.HEAD, school, staff=StaffFactory())
            with scope(uai):
                fill(school, ClassroomFactory(school=school), size)
    return heads


def fill(school: School, room: Classroom, size: int) -> None:
    students = [
        Student(username=f"e.{school.uai.lower()}{n}", first_name="Electre", last_name=f"ÉTOILE {n:04}")
        for n in range(size)
    ]
    Student.objects.bulk_create(students)
    Schooling.objects.bulk_create(
        Schooling(
            school=school,
            student=one,
            classroom=room,
            sort_key=fold(one.name),
            search_key=f"{fold(one.name)} {one.username}",
        )
        for one in students
    )


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    location: str = ""
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class NeverAnsweredError(Exception):
    """Somebody patient was not answered in the end."""


@dataclass
class Head:
    """One person of one school. `refused` counts the answers that were none: 503, 500, or a broken connection."""

    staff: Staff
    uai: str
    port: int
    cookies: str = ""
    chosen: UUID | None = None
    refused: dict[int, int] = field(default_factory=dict)
    asked: int = 0
    """Runs that were asked for, each once however often the form was sent."""

    def sign_in(self) -> None:
        """Anew, with a fresh proof: one lasts ten minutes. And choose the pupil who will have forgotten."""
        with transaction.atomic(), scope(self.uai):
            chosen = Schooling.objects.filter(school=self.uai).order_by("?").values_list("student_id", flat=True)
            self.chosen = chosen[0]
            session = sign_in(self.staff, otp=True).cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: Any) -> Answer:
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": CSRF, **fields}, doseq=True))

    def insist(self, path: str, **fields: Any) -> Answer:
        """Send the same form until it is answered: what did not come back may have been done, or not."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.post(path, **fields)
            if 0 < answer.status < 500:
                return answer
            self.refused[answer.status] = self.refused.get(answer.status, 0) + 1
            time.sleep(0.2)
        raise NeverAnsweredError(path)

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        headers = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, f"/etablissements/{self.uai}/{path}", body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheader("Location") or "", answer.read())
        except (OSError, HTTPException):
            return Answer(0)
        finally:
            connection.close()

    def notify(self) -> UUID:
        """Every account of the school, given or given anew: the run."""
        return self._run("eleves/notifier/", tout=1, cle=uuid4())

    def reset_all(self) -> UUID:
        return self._run("depannage/eleves/reinitialiser/", tout=1, cle=uuid4())

    def reset_one(self) -> None:
        answer = self.insist(f"depannage/eleves/{self.chosen}/reinitialiser/", cle=uuid4())
        assert answer.status == 302, answer.status
        self.asked += 1

    def reset_until(self, enough: threading.Event) -> None:
        """One after the other, so that a fault finds somebody's form on its way."""
        self.reset_one()
        while not enough.is_set():
            self.reset_one()

    def freeze(self) -> None:
        answer = self.insist("gel/")
        assert answer.status == 302, answer.status

    def print_letters(self, run: UUID) -> None:
        """The letters are a whole file or a page that says why not; never half a file."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            answer = self.get(f"operations/{run}/documents/courriers/")
            if answer.status == 200:
                assert answer.body.startswith(b"%PDF-") and answer.body.rstrip().endswith(b"%%EOF"), "half a file"
                return
            time.sleep(0.3)
        raise NeverAnsweredError("letters")

    def _run(self, form: str, **fields: Any) -> UUID:
        drafted = self.insist(form, **fields)
        assert "/operations/" in drafted.location, (drafted.status, drafted.location)
        run = UUID(drafted.location.rstrip("/").rpartition("/")[2])
        launched = self.insist(f"operations/{run}/lancer/")
        assert launched.status == 302, launched.status
        self.asked += 1
        return run
