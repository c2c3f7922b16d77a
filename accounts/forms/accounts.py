"""What staff type about an account, a pupil's or a guardian's."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from accounts.enums import AccountState, BlockReason, Language, UnblockReason
from accounts.forms.notes import NoteField
from accounts.models import Guardian, School, Student
from educonnect_admin.toolkit.radios import RadioSelect

HANDED_OVER = (AccountState.NOTIFIED, AccountState.ACTIVATING, AccountState.ACTIVATED)
NOT_WHOLE = "Ce formulaire n’est pas entier : ouvrez la page de nouveau."


class AccountForm(forms.Form):
    """With the version of the account that the page showed."""

    version = forms.IntegerField(
        min_value=0,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), NOT_WHOLE),
    )


class ModifyForm(AccountForm):
    """What the console owns. The date stands there only once there was something to hand over."""

    email = forms.EmailField(
        label="Courrier électronique",
        max_length=254,
        required=False,
        help_text="Laissez vide si la personne n’en a pas.",
        error_messages={"invalid": "Donnez une adresse comme zoe.etoile@exemple.fr."},
    )
    distributed_on = forms.DateField(
        label="Date de distribution",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Le jour où le document a été remis. Videz-la s’il est revenu.",
        error_messages={"invalid": "Donnez une date, comme 23/11/2026."},
    )

    def __init__(self, *args: Any, account: Student | Guardian, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.zone = account, school.zone
        if account.state not in HANDED_OVER:
            del self.fields["distributed_on"]

    def clean_distributed_on(self) -> date | None:
        day: date | None = self.cleaned_data["distributed_on"]
        today = timezone.localtime(timezone.now(), self.zone).date()
        if day is not None and day > today:
            raise forms.ValidationError("Cette date n’est pas encore passée.")
        if day is not None and self.account.notified_at is not None:
            given = timezone.localtime(self.account.notified_at, self.zone).date()
            if day < given:
                raise forms.ValidationError(f"Le document n’existe que depuis le {given:%d/%m/%Y}.")
        return day

    @property
    def handed_over_on(self) -> date | None:
        """What the account is to have: as it was, where the form does not ask."""
        day: date | None = self.cleaned_data.get("distributed_on", self.account.distributed_on)
        return day


class GuardianForm(ModifyForm):
    """With the language of the family, beside French."""

    language = forms.ChoiceField(
        label="Langue des courriers",
        required=False,
        choices=[("", "Français seul"), *((code, f"Français et {label}") for code, label in Language.choices)],
        help_text="Les courriers peuvent être imprimés dans la langue de chaque famille, à côté du français.",
        error_messages={"invalid_choice": "Choisissez une des langues de la liste."},
    )
    field_order = ("email", "language", "distributed_on")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not email and self.account.state == AccountState.ACTIVATING:
            raise forms.ValidationError(
                "L’activation attend que cette adresse soit confirmée : donnez-en une, ou renotifiez le compte."
            )
        return email


class BlockForm(AccountForm):
    """Why the account is shut."""

    reason = forms.ChoiceField(
        label="Motif",
        choices=BlockReason.choices,
        widget=RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez un des motifs."),
    )
    note = NoteField(
        label="Précision",
        help_text="Vos collègues la liront sur la page du compte. Elle disparaît avec le blocage.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reason") == BlockReason.OTHER and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Dites en quelques mots quel est ce motif.")
        return cleaned


class UnblockForm(AccountForm):
    """Why it opens again."""

    reason = forms.ChoiceField(
        label="Motif",
        choices=UnblockReason.choices,
        widget=RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choisissez un des motifs."),
    )
