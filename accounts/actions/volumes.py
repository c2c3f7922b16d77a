"""The hour's caps: a stolen session takes so much and no more, and the head is told (product.md, "Caps an hour").

Counted in the transaction of what is done, before the journal is told of it: what is undone was not counted, and
requests of one person wait for each other at the row, so that none passes the cap.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from accounts.actions.outbox import MailKind, queue_mail
from accounts.enums import Role, Volume
from accounts.models import HourlyVolume, Mandate, School, Staff
from educonnect_admin.toolkit.mails import post

WINDOW = timedelta(hours=1)
NEAR = 80
"""Percentage of a cap at which the head is told a first time."""

ADD = """
    INSERT INTO volume AS v (uai, staff_id, kind, began_at, amount, is_near_cap, is_at_cap)
    VALUES (%(uai)s, %(staff)s, %(kind)s, %(now)s, %(amount)s, false, false)
    ON CONFLICT (uai, staff_id, kind) DO UPDATE
       SET began_at = CASE WHEN v.began_at > %(past)s THEN v.began_at ELSE EXCLUDED.began_at END,
           amount = CASE WHEN v.began_at > %(past)s THEN v.amount ELSE 0 END + EXCLUDED.amount,
           is_near_cap = v.is_near_cap AND v.began_at > %(past)s,
           is_at_cap = v.is_at_cap AND v.began_at > %(past)s
    RETURNING amount, began_at
"""


class CapReachedError(Exception):
    """More than the hour allows. Nothing of what was asked may stay."""

    def __init__(self, *, uai: str, staff_id: int, kind: Volume, cap: int, opens_at: datetime) -> None:
        super().__init__(kind)
        self.uai, self.staff_id, self.kind, self.cap, self.opens_at = uai, staff_id, kind, cap, opens_at


def cap_of(role: Role, kind: Volume) -> int:
    caps: dict[str, int] = settings.HOURLY_CAPS_SIMPLIFIED if role is Role.SIMPLIFIED else settings.HOURLY_CAPS
    return caps[kind]


@transaction.atomic
def count_volume(*, staff_id: int, uai: str, role: Role, kind: Volume, amount: int = 1) -> None:
    """Count what is about to be done; CapReachedError when it would be more than the hour allows."""
    cap = cap_of(role, kind)
    counted, began_at = _add(uai, staff_id, kind, amount)
    if counted > cap:
        raise CapReachedError(uai=uai, staff_id=staff_id, kind=kind, cap=cap, opens_at=began_at + WINDOW)
    if counted >= cap:
        _raise_alarm(uai, staff_id, kind, cap, alarm="is_at_cap")
    elif counted * 100 >= cap * NEAR:
        _raise_alarm(uai, staff_id, kind, cap, alarm="is_near_cap")


@transaction.atomic
def refuse_volume(*, actor: Actor, reached: CapReachedError) -> None:
    """Tell the journal of a refusal, and the head of the first one of the hour."""
    _add(reached.uai, reached.staff_id, reached.kind, 0)
    record(actor=actor, event=Event.ACCESS_REFUSED, uai=reached.uai, count=reached.cap, detail=f"cap of {reached.kind}")
    _raise_alarm(reached.uai, reached.staff_id, reached.kind, reached.cap, alarm="is_at_cap")


def _add(uai: str, staff_id: int, kind: Volume, amount: int) -> tuple[int, datetime]:
    """What the hour comes to with so many more, and when it began. The row is locked until the transaction ends."""
    now = timezone.now()
    values: dict[str, str | int | datetime] = {
        "uai": uai,
        "staff": staff_id,
        "kind": kind.value,
        "amount": amount,
        "now": now,
        "past": now - WINDOW,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD, values)
        counted, began_at = cursor.fetchone()
    return counted, began_at


def _raise_alarm(uai: str, staff_id: int, kind: Volume, cap: int, *, alarm: str) -> None:
    """Once an hour, kind and alarm: a mail to each head of the school, which the sweep sends within a minute."""
    row = HourlyVolume.objects.filter(school=uai, staff=staff_id, kind=kind, **{alarm: False})
    if not row.update(**{alarm: True}, warned_at=timezone.now()):
        return
    told: dict[str, str | int] = {"uai": uai, "staff": staff_id, "volume": kind.value, "cap": cap}
    heads = Mandate.objects.live().filter(school=uai, role=Role.HEAD)
    for recipient in heads.order_by("staff").values_list("staff", flat=True).distinct():
        queue_mail(kind=MailKind.CAP, recipient=recipient, is_at_cap=alarm == "is_at_cap", **told)


def send_alarm(*, uai: str, staff: int, volume: str, cap: int, is_at_cap: bool, recipient: int) -> None:
    """Mail it to one head."""
    context = {
        "school": School.objects.get(pk=uai),
        "staff": Staff.objects.get(pk=staff),
        "cap": cap,
        "label": Volume(volume).label,
        "is_at_cap": is_at_cap,
        "near": NEAR,
    }
    body = render_to_string("mails/cap.txt", context)
    subject = "Plafond de l’heure atteint" if is_at_cap else "Plafond de l’heure bientôt atteint"
    post(subject, body, Staff.objects.get(pk=recipient).email)
