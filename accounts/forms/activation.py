"""Forms of the activation site."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils import timezone

from accounts.actions.guardian_activation import Child
from accounts.forms.session import SignInForm

WRITTEN = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y"]
NOT_A_DATE = "Écrivez une date comme sur votre carnet, par exemple 14/03/2013."


class HolderSignInForm(forms.Form):
    """What the letter gives, or what its holder chose since. Never written back but for the identifiant."""

    username = SignInForm.base_fields["username"]
    password = forms.CharField(
        label="Mot de passe",
        max_length=128,
        strip=False,
        help_text="La première fois, le mot de passe provisoire de votre courrier : 12 signes. "
        "Les majuscules, les espaces et les tirets n’y comptent pas.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": "Saisissez votre mot de passe.",
            "max_length": "Ce mot de passe est trop long : 128 caractères au plus.",
        },
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class OwnPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not generic at run time
    """The password chosen, twice. The page says the rules in simpler words than their validators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""


class BirthDateForm(forms.Form):
    """The pupil's birth date, in whatever French way it is written."""

    birth_date = forms.DateField(
        label="Votre date de naissance",
        help_text="Jour, mois et année, par exemple 14/03/2013",
        input_formats=WRITTEN,
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "bday", "maxlength": 10}),
        error_messages={"required": "Saisissez votre date de naissance.", "invalid": NOT_A_DATE},
    )

    def clean_birth_date(self) -> date:
        typed: date = self.cleaned_data["birth_date"]
        if not 1900 < typed.year <= timezone.localdate().year:
            raise forms.ValidationError(NOT_A_DATE)
        return typed


class ChildrenForm(forms.Form):
    """The birth date of each child, and the address to which the link goes. Fields are numbered: no id is shown."""

    email = forms.EmailField(
        label="Votre adresse électronique",
        max_length=254,
        help_text="Nous y envoyons un lien qui termine l’activation. Par exemple : camille.durand@exemple.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Saisissez votre adresse électronique.",
            "invalid": "Donnez une adresse comme camille.durand@exemple.fr.",
        },
    )

    def __init__(self, children: Sequence[Child], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        for number, child in enumerate(children):
            self.fields[f"birth_date_{number}"] = _birth_date_of(child)
        self.order_fields([*(f"birth_date_{number}" for number in range(len(children))), "email"])

    def dates(self) -> dict[UUID, date]:
        """What was written for each child."""
        return {child.id: self.cleaned_data[f"birth_date_{number}"] for number, child in enumerate(self.children)}


def _birth_date_of(child: Child) -> forms.DateField:
    return forms.DateField(
        label=f"Date de naissance de {child.first_name}",
        help_text="Jour, mois et année, par exemple 14/03/2013",
        input_formats=WRITTEN,
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 10}),
        error_messages={"required": f"Saisissez la date de naissance de {child.first_name}.", "invalid": NOT_A_DATE},
    )
