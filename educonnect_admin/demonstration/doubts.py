"""What a school has to settle of its guardians: a tie in dispute, and a mother known twice."""

from datetime import datetime, timedelta
from uuid import uuid4

from accounts.actions.feeds.naming import reserve_usernames, username_root
from accounts.actions.journal import SYSTEM, Event, record_each
from accounts.enums import AccountState, SourceSystem
from accounts.models import Dispute, Guardian, Guardianship, Source
from educonnect_admin.toolkit.scope import school_transaction

DISPUTES, DOUBLES = 2, 2
OTHER_NUMBERS = 90_000_000
"""Numbers of the source that the invented delivery never gives."""


def doubt(uai: str, now: datetime) -> None:
    """Two guardians dispute a pupil; two others have a second account, known to the source by another number."""
    with school_transaction(uai):
        known = Guardianship.objects.filter(school=uai, in_force=True, guardian__username__isnull=False)
        ties = known.exclude(guardian__mobile="").select_related("guardian", "student").order_by("guardian__sort_key")
        for days, tie in enumerate(ties.filter(guardian__state=AccountState.NOTIFIED)[:DISPUTES], start=1):
            _dispute(tie, (now - timedelta(days=days)).replace(hour=11))
        for number, tie in enumerate(ties.filter(guardian__state=AccountState.NOT_NOTIFIED)[20::40][:DOUBLES]):
            _twice(tie, OTHER_NUMBERS + number)


def _dispute(tie: Guardianship, at: datetime) -> None:
    Guardianship.objects.filter(pk=tie.pk).update(disputed_at=at)
    Dispute.objects.create(
        school_id=tie.school_id, student_id=tie.student_id, guardian_id=tie.guardian_id, raised_at=at
    )
    targets = [tie.guardian_id, tie.student_id]
    record_each(actor=SYSTEM, event=Event.TIE_DISPUTED, uai=tie.school_id, targets=targets)


def _twice(tie: Guardianship, number: int) -> None:
    known = tie.guardian
    (username,) = reserve_usernames([username_root(known.first_name, known.last_name)])
    told = {name: getattr(known, name) for name in ("first_name", "last_name", "family_name", "title", "sort_key")}
    again = Guardian(id=uuid4(), username=username, mobile=known.mobile, email="", address="", **told)
    again.save(force_insert=True)
    Guardianship.objects.create(
        school_id=tie.school_id, student=tie.student, guardian=again, relation=tie.relation, link=tie.link, rank=2
    )
    source = Source.objects.filter(school=tie.school_id, guardian=known, system=SourceSystem.AAF).first()
    if source is not None:
        source.pk, source.guardian, source.aaf_id = uuid4(), again, str(number)
        source.save(force_insert=True)
