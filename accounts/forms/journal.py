"""What is asked of the journal: a period, a person, a kind of event, a target."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from accounts.actions.journal import EVENT_LABELS

NOT_A_DATE = "Donnez une date, comme 31/08/2027."
REVERSED = "La période est à l’envers\u00a0: son premier jour vient après le dernier."
NUMBER = 15
"""Digits that a number of entry may have in an address; no journal grows so long."""

IN_THE_ADDRESS = {"first_day": "du", "last_day": "au", "person": "personne", "kind": "nature", "target": "cible"}


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NOT_A_DATE},
    )


class JournalForm(forms.Form):
    """Everything may be left out. What is wrong is said, and then nothing is shown."""

    first_day = day_field("Du")
    last_day = day_field("Au (inclus)")
    person = forms.ChoiceField(
        label="Personne",
        required=False,
        error_messages={"invalid_choice": "Cette personne n’a jamais travaillé pour l’établissement."},
    )
    kind = forms.ChoiceField(
        label="Nature",
        required=False,
        choices=[("", "Toutes"), *sorted(EVENT_LABELS.items(), key=lambda pair: pair[1])],
        error_messages={"invalid_choice": "Cette nature d’évènement n’existe pas."},
    )
    target = forms.UUIDField(
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "La fiche ou l’opération demandée n’existe pas."},
    )

    def __init__(self, data: Mapping[str, Any], *, people: Mapping[int, str], zone: ZoneInfo) -> None:
        super().__init__(data)
        self.zone = zone
        if people:
            choices = [("", "Toutes"), *((str(pk), name) for pk, name in people.items())]
            self.fields["person"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField's
        else:
            del self.fields["person"]

    def add_prefix(self, field_name: str) -> str:
        """Addresses are in French."""
        return IN_THE_ADDRESS.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("first_day") and data.get("last_day") and data["first_day"] > data["last_day"]:
            self.add_error("last_day", REVERSED)
        return data

    @property
    def since(self) -> datetime | None:
        day = self.cleaned_data["first_day"]
        return datetime.combine(day, time.min, self.zone) if day else None

    @property
    def until(self) -> datetime | None:
        """The midnight that ends the last day; a day without a following one has none."""
        day = self.cleaned_data["last_day"]
        return datetime.combine(day + timedelta(days=1), time.min, self.zone) if day and day.year < 9999 else None


def entry_number(text: str) -> int | None:
    """The number of an entry, as the address of a page has it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= NUMBER else None
