"""What staff answer about a tie in dispute."""

from typing import Any

from django import forms

from accounts.enums import DisputeOutcome

LONGEST_NOTE = 140


class SettleForm(forms.Form):
    """How a tie in dispute is settled; why, where the guardian's word is not followed."""

    outcome = forms.ChoiceField(
        label="Ce que l’établissement a vérifié",
        choices=DisputeOutcome.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez une des deux réponses."),
    )
    note = forms.CharField(
        label="Motif",
        required=False,
        max_length=LONGEST_NOTE,
        help_text="Obligatoire si le lien est exact : d’après quel document. Vos collègues le liront ici.",
        error_messages={"max_length": f"{LONGEST_NOTE} caractères au plus."},
    )

    def clean_note(self) -> str:
        shown = "".join(sign if sign.isprintable() else " " for sign in self.cleaned_data["note"])
        return " ".join(shown.split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") == DisputeOutcome.RIGHT and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Dites en quelques mots pourquoi le lien est exact.")
        return cleaned
