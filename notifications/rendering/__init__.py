"""Letters, slips and lists as PDF: pure, from frozen records to bytes."""

from notifications.rendering.documents import (
    TooLargeError,
    class_list_archive,
    class_list_pdf,
    letters_archive,
    letters_pdf,
    slips_archive,
    slips_pdf,
)
from notifications.rendering.sheets import ClassListContext, Holder, LetterContext, Listed, Sender

__all__ = [
    "ClassListContext",
    "Holder",
    "LetterContext",
    "Listed",
    "Sender",
    "TooLargeError",
    "class_list_archive",
    "class_list_pdf",
    "letters_archive",
    "letters_pdf",
    "slips_archive",
    "slips_pdf",
]
