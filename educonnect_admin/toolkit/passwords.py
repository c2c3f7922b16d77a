"""Validators of chosen passwords that Django does not bring."""

from django.core.exceptions import ValidationError


class MaximumLengthValidator:
    """Refuses passwords so long that hashing them becomes a weapon (CNIL 2022-100 wants a limit to exist)."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return f"Votre mot de passe ne peut pas dépasser {self.max_length} caractères."
