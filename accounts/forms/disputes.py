"""What staff answer about a tie in dispute."""

from typing import Any

from django import forms

from accounts.enums import DisputeOutcome
from accounts.forms.notes import NoteField
from educonnect_admin.toolkit.radios import RadioSelect


class SettleForm(forms.Form):
    """How a tie in dispute is settled; why, where the guardian's word is not followed."""

    outcome = forms.ChoiceField(
        label="Ce que l’établissement a vérifié",
        choices=DisputeOutcome.choices,
        widget=RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez une des deux réponses."),
    )
    note = NoteField(
        label="Motif",
        help_text="Obligatoire si le lien est exact : d’après quel document. Vos collègues le liront ici.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == DisputeOutcome.RIGHT and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Dites en quelques mots pourquoi le lien est exact.")
        return cleaned
