"""Forms of the activation site."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions.guardian_activation import Child
from accounts.forms.session import SignInForm
from accounts.models import Guardian, Student
from educonnect_admin.toolkit import texts

WRITTEN = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y"]
NOT_MINE = gettext_lazy("Je ne suis pas le représentant légal de cet élève")
NO_ADDRESS = gettext_lazy("Saisissez votre adresse électronique.")
NOT_A_DATE = gettext_lazy("Écrivez une date comme sur votre carnet, par exemple 14/03/2013.")


class HolderSignInForm(forms.Form):
    """What the letter gives, or what its holder chose since. Never written back but for the identifiant."""

    username = SignInForm.base_fields["username"]
    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        max_length=128,
        strip=False,
        help_text=gettext_lazy(
            "La première fois, le mot de passe provisoire de votre courrier : 12 signes. "
            "Les majuscules, les espaces et les tirets n’y comptent pas."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": gettext_lazy("Saisissez votre mot de passe."),
            "max_length": gettext_lazy("Ce mot de passe est trop long : 128 caractères au plus."),
        },
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class ForgottenForm(forms.Form):
    """Whose password is forgotten, and by what the way back is to come. Where there are no messages, by mail."""

    MAIL, TEXT = "courriel", "sms"

    username = SignInForm.base_fields["username"]
    way = forms.ChoiceField(
        label=gettext_lazy("Comment le retrouver ?"),
        choices=[
            (MAIL, gettext_lazy("Par courriel, à l’adresse confirmée")),
            (TEXT, gettext_lazy("Par SMS, au mobile que connaît l’établissement (responsables seulement)")),
        ],
        initial=MAIL,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not texts.is_on():
            del self.fields["way"]

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class TextCodeForm(forms.Form):
    """The code of a text message, and whose it is."""

    username = forms.CharField(max_length=60, widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^[0-9]{6}$",
        label=gettext_lazy("Votre code"),
        help_text=gettext_lazy("6 chiffres"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 6}),
        error_messages={
            "required": gettext_lazy("Saisissez les 6 chiffres du SMS."),
            "invalid": gettext_lazy("Saisissez les 6 chiffres du SMS."),
        },
    )


class AddressField(forms.EmailField):
    """A mail address of the holder's own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
        self.error_messages |= {
            "required": NO_ADDRESS,
            "invalid": gettext_lazy("Donnez une adresse comme camille.durand@exemple.fr."),
            "max_length": gettext_lazy("Cette adresse est trop longue : 254 caractères au plus."),
        }


class ForgottenIdentifierForm(forms.Form):
    """Where the forgotten identifiant is sent."""

    email = AddressField(
        label=gettext_lazy("Adresse électronique du compte"),
        help_text=gettext_lazy("Celle que vous avez confirmée. Par exemple : camille.durand@exemple.fr"),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class OwnEmailForm(ForgottenIdentifierForm):
    """Another address, and the password again."""

    password = forms.CharField(
        label=gettext_lazy("Votre mot de passe"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": gettext_lazy("Saisissez votre mot de passe."),
            "max_length": gettext_lazy("Ce mot de passe est trop long : 128 caractères au plus."),
        },
    )

    def __init__(self, account: Student | Guardian, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["email"].label = _("Nouvelle adresse électronique")
        self.fields["email"].help_text = _("Nous y envoyons un lien. Par exemple : camille.durand@exemple.fr")

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"])
        if self.account.email_confirmed_at and typed.lower() == self.account.email.lower():
            raise forms.ValidationError(_("C’est déjà l’adresse de votre compte, et elle est confirmée."))
        return typed


class OwnPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not generic at run time
    """The password chosen, twice. The page says the rules in simpler words than their validators."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""


class BirthDateForm(forms.Form):
    """The pupil's birth date, in whatever French way it is written."""

    birth_date = forms.DateField(
        label=gettext_lazy("Votre date de naissance"),
        help_text=gettext_lazy("Jour, mois et année, par exemple 14/03/2013"),
        input_formats=WRITTEN,
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "bday", "maxlength": 10}),
        error_messages={"required": gettext_lazy("Saisissez votre date de naissance."), "invalid": NOT_A_DATE},
    )

    def clean_birth_date(self) -> date:
        typed: date = self.cleaned_data["birth_date"]
        if not 1900 < typed.year <= timezone.localdate().year:
            raise forms.ValidationError(NOT_A_DATE)
        return typed


class ChildrenForm(forms.Form):
    """The birth date of each child that has one, or that the child is another's; and the address for the link.

    Fields are numbered: no id is shown. The address is asked as long as a date is.
    """

    email = AddressField(
        label=gettext_lazy("Votre adresse électronique"),
        required=False,
        help_text=gettext_lazy(
            "Nous y envoyons un lien qui termine l’activation. Par exemple : camille.durand@exemple.fr"
        ),
    )

    def __init__(self, children: Sequence[Child], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        for number, child in enumerate(children):
            if child.birth_date:
                self.fields[f"birth_date_{number}"] = _birth_date_of(child)
            self.fields[f"not_mine_{number}"] = forms.BooleanField(label=NOT_MINE, required=False)
        self.order_fields([name for name in self.fields if name != "email"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = [number for number, child in self._asked() if not cleaned.get(f"not_mine_{number}")]
        for number in asked:
            name = f"birth_date_{number}"
            if not cleaned.get(name) and name not in self.errors:
                told = _("Saisissez la date de naissance de %(first_name)s.")
                self.add_error(name, told % {"first_name": self.children[number].first_name})
        if asked and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", NO_ADDRESS)
        return cleaned

    def _asked(self) -> list[tuple[int, Child]]:
        return [(number, child) for number, child in enumerate(self.children) if child.birth_date]

    def rows(self) -> list[dict[str, Any]]:
        """What the page shows of each child: name, box, and the date's field where there is one to ask."""
        return [
            {
                "first_name": child.first_name,
                "date": self[f"birth_date_{number}"] if child.birth_date else None,
                "box": self[f"not_mine_{number}"],
            }
            for number, child in enumerate(self.children)
        ]

    def dates(self) -> dict[UUID, date]:
        """What was written for each child who is not another's."""
        asked = ((child.id, number) for number, child in self._asked())
        return {
            child: self.cleaned_data[f"birth_date_{number}"] for child, number in asked if child not in self.not_mine()
        }

    def of_the_rest(self) -> Self:
        """The same answers, without the children who are another's: they are no longer among the holder's."""
        rest = [(number, child) for number, child in enumerate(self.children) if child.id not in self.not_mine()]
        given = {f"birth_date_{new}": self.data.get(f"birth_date_{old}", "") for new, (old, _) in enumerate(rest)}
        form = type(self)([child for _, child in rest], {**given, "email": self.data.get("email", "")})
        form.full_clean()
        return form

    def not_mine(self) -> set[UUID]:
        """The children of whom the person is not the legal guardian."""
        boxes = enumerate(self.children)
        return {child.id for number, child in boxes if self.cleaned_data.get(f"not_mine_{number}")}


def _birth_date_of(child: Child) -> forms.DateField:
    return forms.DateField(
        label=_("Date de naissance de %(first_name)s") % {"first_name": child.first_name},
        help_text=gettext_lazy("Jour, mois et année, par exemple 14/03/2013"),
        input_formats=WRITTEN,
        widget=forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 10}),
        required=False,
        error_messages={"invalid": NOT_A_DATE},
    )
