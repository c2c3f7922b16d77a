"""What a school sets for its letters: changed by its head, told to the journal part by part."""

from django.utils import timezone

from accounts.actions.journal import Actor, Event, record
from educonnect_admin.toolkit.scope import school_transaction
from notifications.models import Letterhead

PARTS = {
    "header": "en-tête",
    "sender": "expéditeur",
    "contact": "contact",
    "paragraph": "paragraphe",
    "logo_kept": "logo",
}


def letterhead_of(uai: str) -> Letterhead:
    """The school's, or an empty one that is not in the base."""
    return Letterhead.objects.filter(school=uai).first() or Letterhead(school_id=uai)


def change_letterhead(*, actor: Actor, wanted: Letterhead) -> bool:
    """Keep what is wanted for the next documents; whether anything is other than before.

    The journal names the parts that changed. It does not repeat their texts, which letters show.
    """
    uai = wanted.school_id
    with school_transaction(uai):
        before = Letterhead.objects.select_for_update(no_key=True).filter(school=uai).first() or Letterhead()
        changed = [words for part, words in PARTS.items() if getattr(before, part) != getattr(wanted, part)]
        if changed:
            wanted.changed_at = timezone.now()
            wanted.save()
            detail = f"courriers\u00a0: {', '.join(changed)}"
            record(actor=actor, event=Event.SETTINGS_CHANGED, uai=uai, detail=detail)
    return bool(changed)
