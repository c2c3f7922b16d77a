"""Letters, slips and lists as PDF: pure, from frozen records to bytes."""

from notifications.rendering.documents import (
    class_list_pdf,
    letters_pdf,
    reminders_pdf,
    slips_pdf,
)
from notifications.rendering.sheets import (
    Child,
    ClassListContext,
    Holder,
    Kin,
    LetterContext,
    Listed,
    Person,
    ReminderContext,
    Sender,
)

__all__ = [
    "Child",
    "ClassListContext",
    "Holder",
    "Kin",
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
