"""Forms of signing in."""

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Words = str | Promise
"""What is said to the reader; a promise is translated when it is shown."""

NOT_A_RECOVERY_CODE = "Saisissez les 28 signes d’un code de votre feuille."
NO_KEY_SHOWN = "Aucune clé de sécurité n’a répondu. Recommencez."
NOT_A_CODE = "Saisissez les 6 chiffres que votre clé affiche maintenant."


class SignInForm(forms.Form):
    """Step 1. A password is never written back into the page."""

    username = forms.CharField(
        label=gettext_lazy("Identifiant"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Saisissez votre identifiant.")},
    )
    password = forms.CharField(
        label="Mot de passe Agents",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={
            "required": "Saisissez votre mot de passe.",
            "max_length": "Ce mot de passe est trop long : 128 caractères au plus.",
        },
    )

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


class OtpForm(forms.Form):
    """Six ASCII digits, typed with or without a blank in the middle."""

    otp_token = forms.CharField(
        label="Code de votre clé",
        max_length=12,
        help_text="6 chiffres, renouvelés toutes les 30 secondes",
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "otp",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": NOT_A_CODE, "max_length": NOT_A_CODE},
    )

    def clean_otp_token(self) -> str:
        token = re.sub(r"[\s\u00a0]", "", self.cleaned_data["otp_token"])
        if not re.fullmatch(r"[0-9]{6}", token, re.ASCII):
            raise forms.ValidationError(NOT_A_CODE)
        return token


class RecoveryForm(forms.Form):
    """One of the ten codes, typed with or without blanks and hyphens, in either case."""

    recovery_code = forms.CharField(
        label="Code de secours",
        max_length=80,
        help_text="28 lettres et chiffres ; les espaces et les majuscules ne comptent pas",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": NOT_A_RECOVERY_CODE, "max_length": NOT_A_RECOVERY_CODE},
    )


class SecurityKeyForm(forms.Form):
    """What the browser brings back from a key (JSON); the page's script fills it in."""

    credential = forms.CharField(
        max_length=20_000,
        widget=forms.HiddenInput,
        error_messages={"required": NO_KEY_SHOWN, "max_length": NO_KEY_SHOWN},
    )

    def clean(self) -> dict[str, Any]:
        """The field is hidden: what is wrong with it is told of the form."""
        if "credential" in self.errors:
            del self.errors["credential"]
            raise forms.ValidationError(NO_KEY_SHOWN)
        return self.cleaned_data


class NewSecurityKeyForm(SecurityKeyForm):
    """A key to record, and what its owner calls it."""

    name = forms.CharField(
        label="Nom de la clé",
        max_length=40,
        help_text="Pour la reconnaître : « clé USB du bureau », « téléphone »…",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "Donnez un nom à la clé.",
            "max_length": "Ce nom est trop long : 40 caractères au plus.",
        },
    )


class PasswordProofForm(forms.Form):
    """The password again, for those who have no key."""

    password = forms.CharField(
        label="Mot de passe Agents",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Saisissez votre mot de passe."},
    )


class ChangePasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # not generic at run time
    """The present password, then the new one twice. Whether the present one is right, the view weighs."""

    password = PasswordProofForm.base_fields["password"]
    field_order = ["password", "new_password1", "new_password2"]


class ForgottenPasswordForm(forms.Form):
    """Whose password is forgotten: the identifiant, never an address of mail."""

    username = SignInForm.base_fields["username"]

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


def add_error(form: forms.Form, field: str | None, message: Words) -> None:
    """An error that only the attempt itself could tell."""
    form.add_error(field, forms.ValidationError(str(message)))
