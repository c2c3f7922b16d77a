"""EduConnect, winter 2025/26: one stolen staff account, one missing scope check, readable activation codes."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Actor
from accounts.enums import Role
from accounts.models import Mail, Mandate, Student
from educonnect_admin.toolkit.scope import scope
from notifications.actions.freeze import freeze
from notifications.models import Run, SealedSecret
from tests.actions.scene import as_person, crowd, finished, opened_by, sealed_secrets
from tests.mails import posted
from tests.pages.test_run_secrets import rows
from tests.visitors import ELSEWHERE, HERE, World, make_world, mandated, sign_in

CAP = 60
PUPILS = 70
"""More than the cap lets anybody read. A freeze of 1,200 is timed in tests/actions/test_freeze.py."""


@dataclass
class School:
    """A school whose letters were made this morning, its head, and the browser of an agent whose session is stolen."""

    world: World
    pupils: list
    secrets: set[str]
    campaign: Run
    head: Client
    thief: Client


@pytest.fixture
def school(db: None) -> Iterator[School]:
    world = make_world()
    head, agent = mandated(Role.HEAD, world.here), mandated(Role.FULL, world.here)
    with scope(HERE):
        pupils = crowd(world.here, world.room, PUPILS)
        campaign = finished(as_person(Mandate.objects.for_current().get(staff=head)), pupils)
        secrets = {secret for pupil in pupils for secret in sealed_secrets(pupil)}
    yield School(world, pupils, secrets, campaign, sign_in(head, otp=True), sign_in(agent, otp=True))


def read_pages(school: School) -> int:
    """How many pupils' pages the thief reads before the console stops answering."""
    read = 0
    for pupil in school.pupils:
        if school.thief.get(reverse("student", args=[HERE, pupil])).status_code != 200:
            break
        read += 1
    return read


def readable(school: School) -> set[str]:
    """The passwords that the thief gets out of the head's campaign, page by page and document by document."""
    run, pupil = school.campaign.pk, school.pupils[0]
    kinds = ("courriers", "etiquettes-8", "etiquettes-24", "publipostage", "publipostage-xlsx")
    answers = [school.thief.get(reverse("run_document", args=[HERE, run, kind])) for kind in kinds]
    answers += [school.thief.get(reverse("run", args=[HERE, run]))]
    answers += [school.thief.post(reverse("rescue_reveal", args=[HERE, pupil]), follow=True)]
    told = "".join(answer.getvalue().decode(errors="replace") for answer in answers)
    return {secret for secret in school.secrets if secret in told}


def test_a_stolen_session_takes_little_is_told_and_is_undone(school: School, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert read_pages(school) == CAP
    foreign = reverse("student", args=[ELSEWHERE, school.world.foreign.student_id])
    assert school.thief.get(foreign).status_code == 404
    assert readable(school) == set()
    assert Mail.objects.filter(due_at__lte=timezone.now() + timedelta(minutes=1)).count() == 2
    assert [sent.to for sent in posted()] == [[school.head.staff.email]] * 2
    assert str(school.thief.staff) in school.head.get(reverse("home", args=[HERE])).content.decode()
    began = time.monotonic()
    with scope(HERE):
        assert freeze(actor=Actor(staff_id=school.head.staff.pk), uai=HERE) == len(school.pupils) + 1
        assert time.monotonic() - began < 5
        assert not SealedSecret.objects.exists()
        pupil = Student.objects.get(pk=school.pupils[0])
        assert not any(opened_by(pupil.pk, secret) for secret in school.secrets)
    forms = {form for secret in school.secrets for form in (secret.encode(), secret.encode().hex().encode())}
    assert not [row for row in rows() if any(form in row for form in forms)]
    assert not [form for form in forms if form in caplog.text.encode()]
