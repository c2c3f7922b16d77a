"""What a head types about a delegation. The rules themselves stand in `accounts/delegation.py`."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from accounts.delegation import Refusal, Terms, end_of_school_year
from accounts.enums import Role
from accounts.models import Classroom, Mandate
from educonnect_admin.toolkit.radios import RadioSelect

WHOLE, BY_CLASS = "ecole", "classes"
MODULES = [(Role.FULL.value, Role.FULL.label), (Role.SIMPLIFIED.value, Role.SIMPLIFIED.label)]
REACHES = [(WHOLE, "Tout l’établissement"), (BY_CLASS, "Seulement les classes cochées (module simplifié)")]
NOT_A_DATE = "Donnez une date, comme 31/08/2027."
CONCERNED = {
    Refusal.HEADS_ROLE: "role",
    Refusal.HELD_ALREADY: "role",
    Refusal.FULL_BY_CLASS: "reach",
    Refusal.NO_CLASS: "reach",
    Refusal.FOREIGN_CLASS: "reach",
    Refusal.ENDS_TOO_SOON: "ends_on",
    Refusal.TOO_LONG: "ends_on",
}
"""The field that a refusal of the rules is about; the others are about the form as a whole."""


def day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": NOT_A_DATE, "invalid": NOT_A_DATE},
    )


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight; now, for today."""
    return max(datetime.combine(day, time.min, zone), timezone.now())


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The day's last second: the delegation still holds on that day."""
    return datetime.combine(day + timedelta(days=1), time.min, zone) - timedelta(seconds=1)


class EndForm(forms.Form):
    """An end, 31 August of the running school year unless another is chosen."""

    ends_on = day_field("Jusqu’au (inclus)")

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.today = timezone.localtime(timezone.now(), zone).date()
        self.fields["ends_on"].initial = end_of_school_year(self.today)

    @property
    def ends_at(self) -> datetime:
        return end_of(self.cleaned_data["ends_on"], self.zone)


class ReachForm(EndForm):
    """Which classes, until when."""

    reach = forms.ChoiceField(
        label="Élèves",
        choices=REACHES,
        initial=WHOLE,
        widget=RadioSelect,
        error_messages={"required": "Choisissez tout l’établissement, ou des classes."},
    )
    classrooms = forms.MultipleChoiceField(
        label="Classes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Une des classes n’est pas une classe de cet établissement."},
    )

    def __init__(self, *args: Any, rooms: Sequence[Classroom], mandate: Mandate | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["classrooms"]
        field.choices = [(str(room.pk), room.code) for room in rooms]  # type: ignore[attr-defined]  # a ChoiceField's
        if mandate is not None:
            opened = [] if mandate.whole_school else [str(pk) for pk in mandate.classroom_ids()]
            field.initial, self.fields["reach"].initial = opened, WHOLE if mandate.whole_school else BY_CLASS
            if mandate.ends_at:
                self.fields["ends_on"].initial = timezone.localtime(mandate.ends_at, self.zone).date()

    @property
    def opened(self) -> frozenset[UUID] | None:
        """None: the whole school."""
        if self.cleaned_data["reach"] == WHOLE:
            return None
        return frozenset(UUID(pk) for pk in self.cleaned_data["classrooms"])

    def refuse(self, refusal: Refusal, label: str) -> None:
        field = CONCERNED.get(refusal)
        self.add_error(field if field in self.fields else None, label)


class GiveForm(ReachForm):
    """A delegation to someone already known to the school."""

    role = forms.ChoiceField(
        label="Module",
        choices=MODULES,
        initial=Role.SIMPLIFIED.value,
        widget=RadioSelect,
        error_messages={"required": "Choisissez un module."},
    )
    starts_on = day_field("À partir du")
    field_order = ["first_name", "last_name", "email", "role", "reach", "classrooms", "starts_on", "ends_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = self.today

    def clean_starts_on(self) -> date:
        day: date = self.cleaned_data["starts_on"]
        if day < self.today:
            raise forms.ValidationError("Une délégation commence aujourd’hui au plus tôt.")
        return day

    @property
    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(Role(data["role"]), self.opened, start_of(data["starts_on"], self.zone), self.ends_at)


class InviteForm(GiveForm):
    """A delegation to someone new, who gets a link to choose a password."""

    first_name = forms.CharField(
        label="Prénom", max_length=100, error_messages={"required": "Donnez le prénom de la personne."}
    )
    last_name = forms.CharField(
        label="Nom", max_length=100, error_messages={"required": "Donnez le nom de la personne."}
    )
    email = forms.EmailField(
        label="Adresse électronique",
        max_length=254,
        error_messages={
            "required": "Donnez l’adresse électronique de la personne.",
            "invalid": "Donnez une adresse électronique, comme prenom.nom@exemple.fr.",
        },
    )


class RenewForm(EndForm):
    """The delegations ticked among those that have ended; all of them, unless some are left out."""

    chosen = forms.MultipleChoiceField(
        label="Délégations à renouveler",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Cochez au moins une délégation.",
            "invalid_choice": "Une des délégations ne peut plus être renouvelée : vérifiez la liste.",
        },
    )

    def __init__(self, *args: Any, ended: Sequence[Mandate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        field.choices = [(str(mandate.pk), str(mandate.staff)) for mandate in ended]  # type: ignore[attr-defined]  # as above
        field.initial = [str(mandate.pk) for mandate in ended]
