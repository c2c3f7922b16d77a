"""Forms of signing in."""

import re

from django import forms
from django.contrib.auth.forms import SetPasswordForm

NOT_A_CODE = "Saisissez les 6 chiffres que votre clé affiche maintenant."


class SignInForm(forms.Form):
    """Step 1. A password is never written back into the page."""

    username = forms.CharField(
        label="Identifiant",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Saisissez votre identifiant."},
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


def add_error(form: forms.Form, field: str | None, message: str) -> None:
    """An error that only the attempt itself could tell."""
    form.add_error(field, forms.ValidationError(message))
