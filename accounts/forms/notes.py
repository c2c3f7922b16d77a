"""A line that staff leave for their colleagues, beside the reason that they chose."""

from typing import Any

from django import forms

LONGEST_NOTE = 140


class NoteField(forms.CharField):
    """May be left empty; without line breaks or invisible characters, its blanks one each."""

    def __init__(self, *, label: str, help_text: str) -> None:
        too_long = {"max_length": f"{LONGEST_NOTE} caractères au plus."}
        super().__init__(
            label=label, help_text=help_text, required=False, max_length=LONGEST_NOTE, error_messages=too_long
        )

    def clean(self, value: Any) -> str:
        shown = "".join(sign if sign.isprintable() else " " for sign in super().clean(value))
        return " ".join(shown.split())
