"""Mails wait in the base: none is lost, none is doubled, whatever is away (quality.md, "mail server down")."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions.mailing import SENDERS
from accounts.actions.outbox import LATE, MailKind, deliver_due, late_mails, queue_mail
from accounts.models import Mail, Staff
from tests.actions.scene import at_once
from tests.factories import StaffFactory
from tests.smtp import MailServer, mail_server


@pytest.fixture
def server(settings):
    with mail_server(settings) as answering:
        yield answering


def notice(**options) -> Staff:
    staff = StaffFactory(**options)
    queue_mail(kind=MailKind.PASSWORD_NOTICE, staff=staff.pk)
    return staff


def send() -> int:
    return deliver_due(senders=SENDERS)


def recipients(server: MailServer) -> list[str]:
    return [message["To"] for message in server.taken]


def test_every_kind_has_its_sender_and_alarms_go_within_a_minute(settings) -> None:
    assert set(SENDERS) == set(MailKind)
    assert settings.CELERY_BEAT_SCHEDULE["send-mails"]["schedule"] <= 60


@pytest.mark.django_db
def test_what_is_due_goes_once_in_its_order(server: MailServer) -> None:
    people = [notice(email=f"{number}@example.org") for number in range(3)]
    assert (send(), send()) == (3, 0)
    assert recipients(server) == [staff.email for staff in people]
    assert not Mail.objects.exists()


@pytest.mark.django_db
def test_what_is_undone_is_not_told(server: MailServer) -> None:
    with transaction.atomic():
        notice()
        transaction.set_rollback(True)
    assert (send(), server.taken) == (0, [])


@pytest.mark.django_db
def test_a_server_that_is_away_delays_and_loses_nothing(settings, server: MailServer) -> None:
    first, second = notice(), notice()
    there, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    assert send() == 0
    assert list(Mail.objects.order_by("created_at").values_list("tries", flat=True)) == [1, 0]
    settings.EMAIL_PORT = there
    assert send() == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert send() == 1
    assert recipients(server) == [second.email, first.email]


@pytest.mark.django_db
def test_an_address_that_is_refused_holds_nobody_else_up(server: MailServer) -> None:
    notice(email="x@nowhere.example")
    other = notice()
    assert send() == 1
    assert recipients(server) == [other.email]
    (kept,) = Mail.objects.all()
    assert (kept.tries, kept.due_at > timezone.now()) == (1, True)


@pytest.mark.django_db
def test_pauses_grow_to_an_hour_and_end_after_three_days(server: MailServer, caplog) -> None:
    notice(email="x@nowhere.example")
    start, pauses = timezone.now(), []
    with time_machine.travel(start, tick=False) as clock:
        while kept := Mail.objects.first():
            send()
            now, kept = timezone.now(), Mail.objects.first() or kept
            pauses.append(kept.due_at - now)
            clock.move_to(kept.due_at if kept.due_at > now else now + timedelta(hours=1))
    assert [pause.total_seconds() for pause in pauses[:4]] == [30, 60, 120, 240]
    assert max(pauses) == timedelta(hours=1)
    assert timedelta(days=3) < now - start < timedelta(days=3, hours=2)
    assert "nowhere" not in caplog.text


@pytest.mark.django_db
def test_a_mail_whose_reason_is_gone_is_forgotten(server: MailServer) -> None:
    queue_mail(kind=MailKind.PASSWORD_LINK, staff=0, base_url="http://testserver/")
    send()
    assert (Mail.objects.exists(), server.taken) == (False, [])


@pytest.mark.django_db
def test_it_holds_neither_address_nor_link_nor_name() -> None:
    staff = StaffFactory(email="tres.reconnaissable@example.org", last_name="RECONNAISSABLE")
    queue_mail(kind=MailKind.PASSWORD_LINK, staff=staff.pk, base_url="http://testserver/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM mail m")
        kept = cursor.fetchone()[0]
    assert ("econnaissable" in kept.lower(), "/mot-de-passe/" in kept) == (False, False)


@pytest.mark.django_db
def test_a_second_try_has_the_name_of_the_first(server: MailServer) -> None:
    notice()
    name = Mail.objects.get().pk
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    send()
    assert [message["Message-ID"] for message in server.taken] == [f"<{name}@educonnect.example>"] * 2


@pytest.mark.django_db
def test_what_waits_too_long_is_told(server: MailServer) -> None:
    notice()
    now = timezone.now()
    assert late_mails(now) is None
    late = late_mails(now + LATE + timedelta(minutes=1))
    assert late is not None
    assert (late.number, late.since) == (1, Mail.objects.get().created_at)


def test_six_workers_at_once_send_each_once(committed: str, settings) -> None:
    people = [notice(email=f"{number}@example.org") for number in range(12)]
    with mail_server(settings) as server:
        assert sum(at_once(6, lambda _: send())) == 12
        assert sorted(recipients(server)) == sorted(staff.email for staff in people)
