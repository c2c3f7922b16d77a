"""What changes between two requests holds at the second: mandates, classes, keys, sessions, addresses."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import assurance
from accounts.actions.journal import SYSTEM
from accounts.actions.keys import reset_keys
from accounts.actions.staff import choose_password, disable
from accounts.models import Mandate, OtpKey, School
from educonnect_admin.toolkit.scope import scope
from tests.access.asking import Asker, answer
from tests.access.world import Asked
from tests.visitors import HERE

STUDENTS = reverse("students", args=[HERE])
RESCUE = reverse("rescue_students", args=[HERE])


def got(asked: Asked, asker: Asker, visitor: str, path: str = STUDENTS, **headers: str) -> str:
    return answer(asker.ask(asked.visitors[visitor], "GET", path, **headers))


@pytest.mark.parametrize("end", ["revoked_at", "ends_at"])
@pytest.mark.parametrize(
    ("visitor", "path"), [("otp", STUDENTS), ("net", STUDENTS), ("teach", RESCUE), ("head", STUDENTS)]
)
def test_an_ended_mandate_closes_the_next_request(anew: Asked, asker: Asker, visitor: str, path: str, end: str) -> None:
    assert got(anew, asker, visitor, path) == "200"
    Mandate.objects.filter(staff=anew.visitors[visitor].staff).update(**{end: timezone.now()})
    assert got(anew, asker, visitor, path) == "403"


def test_one_of_two_mandates_ended_closes_its_school_only(anew: Asked, asker: Asker) -> None:
    Mandate.objects.filter(staff=anew.visitors["two"].staff, school=HERE).update(revoked_at=timezone.now())
    assert got(anew, asker, "two") == "404"
    assert got(anew, asker, "two", reverse("students", args=["0511234P"])) == "200"


def test_a_mandate_opens_when_it_begins(anew: Asked, asker: Asker) -> None:
    assert got(anew, asker, "futur") == "403"
    Mandate.objects.filter(staff=anew.visitors["futur"].staff).update(starts_at=timezone.now())
    assert got(anew, asker, "futur") == "200"


def test_a_class_taken_away_closes_its_pupils(anew: Asked, asker: Asker) -> None:
    handout = reverse("rescue_handout", args=[HERE, anew.world.pupils[0].student_id])
    assert got(anew, asker, "teachA", handout) == "200"
    with scope(HERE):
        anew.visitors["teachA"].staff.mandates.get().classrooms.clear()
    assert got(anew, asker, "teachA", handout) == "404"


def test_a_disabled_person_is_out(anew: Asked, asker: Asker) -> None:
    disable(actor=SYSTEM, staff=anew.visitors["otp"].staff)
    assert got(anew, asker, "otp") == "in"
    anew.visitors["otp"].staff.is_active = True


def test_a_key_reset_closes_the_sessions(anew: Asked, asker: Asker) -> None:
    reset_keys(actor=SYSTEM, staff=anew.visitors["head"].staff)
    assert got(anew, asker, "head") == "in"


def test_a_key_removed_takes_its_assurance_away(anew: Asked, asker: Asker) -> None:
    OtpKey.objects.filter(user=anew.visitors["head"].staff).delete()
    assert got(anew, asker, "head") == "otp"


def test_a_new_password_ends_the_sessions_before_it(anew: Asked, asker: Asker) -> None:
    staff = type(anew.visitors["teach"].staff).objects.get(pk=anew.visitors["teach"].staff.pk)
    choose_password(actor=SYSTEM, staff=staff, password="Une-autre-phrase-de-passe-43")
    assert got(anew, asker, "teach", RESCUE) == "in"


def test_a_school_that_wants_keys_of_its_teachers_gets_them_at_once(anew: Asked, asker: Asker) -> None:
    School.objects.filter(pk=HERE).update(wants_otp_of_teachers=True)
    assert (got(anew, asker, "teach", RESCUE), got(anew, asker, "simp", RESCUE)) == ("otp", "otp")


@pytest.mark.parametrize(("age", "wanted"), [(timedelta(0), "200"), (timedelta(seconds=1), "in")])
def test_a_session_ends_after_eight_hours(anew: Asked, asker: Asker, age: timedelta, wanted: str) -> None:
    now = timezone.now()
    session = anew.visitors["head"].session
    session[assurance.BEGAN_AT] = (now - settings.SESSION_ABSOLUTE_AGE - age).isoformat()
    session.save()
    assert timedelta(hours=8) == settings.SESSION_ABSOLUTE_AGE
    with time_machine.travel(now, tick=False):
        assert got(anew, asker, "head") == wanted


def test_a_session_that_cannot_say_when_it_began_is_out(anew: Asked, asker: Asker) -> None:
    session = anew.visitors["head"].session
    del session[assurance.BEGAN_AT]
    session.save()
    assert got(anew, asker, "head") == "in"


def test_a_session_left_alone_ends_after_a_quarter_of_an_hour(anew: Asked, asker: Asker) -> None:
    now = timezone.now()
    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        assert got(anew, asker, "head") == "200"
    with time_machine.travel(now + timedelta(minutes=28), tick=False):
        assert got(anew, asker, "head") == "200"
    with time_machine.travel(now + timedelta(minutes=44), tick=False):
        assert got(anew, asker, "head") == "in"


FORGED = [
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10, 198.51.100.1"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10, 192.0.2.11, 198.51.100.1, 127.0.0.1"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10, unknown"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10, 192.0.2.300"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10:443"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10 192.0.2.10"},
    {"HTTP_X_FORWARDED_FOR": ""},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10", "REMOTE_ADDR": "198.51.100.1"},
    {"HTTP_X_FORWARDED_FOR": "192.0.2.10", "REMOTE_ADDR": ""},
    {"HTTP_X_FORWARDED_FOR": "", "HTTP_FORWARDED": "for=192.0.2.10"},
    {"HTTP_X_FORWARDED_FOR": "", "HTTP_X_REAL_IP": "192.0.2.10", "HTTP_CLIENT_IP": "192.0.2.10"},
]


@pytest.mark.parametrize("headers", FORGED)
def test_a_forged_address_never_opens_the_admin_network(anew: Asked, asker: Asker, headers: dict[str, str]) -> None:
    assert got(anew, asker, "net", **headers) == "otp"


@pytest.mark.parametrize(
    "true", ["192.0.2.10", "198.51.100.1, 192.0.2.10", "192.0.2.10, 127.0.0.1", "::ffff:192.0.2.10"]
)
def test_the_nearest_address_that_is_no_proxy_opens_it(anew: Asked, asker: Asker, true: str) -> None:
    assert got(anew, asker, "net", HTTP_X_FORWARDED_FOR=true) == "200"


def test_the_network_alone_opens_nothing(anew: Asked, asker: Asker) -> None:
    assert got(anew, asker, "anon", HTTP_X_FORWARDED_FOR="192.0.2.10") == "in"
    assert got(anew, asker, "headpw", HTTP_X_FORWARDED_FOR="192.0.2.10") == "otp"
