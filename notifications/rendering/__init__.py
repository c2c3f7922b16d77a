"""Letters, slips and lists as PDF: pure, from frozen records to bytes."""

from notifications.rendering.documents import (
    class_list_pdf,
    letters_pdf,
    reminders_pdf,
    slips_pdf,
)
from notifications.rendering.sheets import (
    ClassListContext,
    Holder,
    LetterContext,
    Listed,
    Person,
    ReminderContext,
    Sender,
)

__all__ = [
    "ClassListContext",
    "Holder",
    "LetterContext",
    "Listed",
    "Person",
    "ReminderContext",
    "Sender",
    "class_list_pdf",
    "letters_pdf",
    "reminders_pdf",
    "slips_pdf",
]
