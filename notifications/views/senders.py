"""The school at the head of its documents: as it set them, else as the directory of schools has it."""

from accounts.models import School
from notifications.actions.letterhead import letterhead_of
from notifications.models import Letterhead
from notifications.rendering import Sender


def sender_of(school: School, letterhead: Letterhead | None = None) -> Sender:
    """One query, but for a letterhead that is brought along."""
    own = letterhead or letterhead_of(school.pk)
    name, *address = own.sender.split("\n") if own.sender else (school.name, *school.address.split("\n"))
    return Sender(
        school_name=name,
        uai=school.uai,
        address_lines=tuple(line for line in address if line),
        contact=own.contact or school.contact,
        header_lines=tuple(line for line in own.header.split("\n") if line),
        text=(own.paragraph,),
        logo=own.logo_kept,
    )
