"""Who works in the console, and how they tried to sign in."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Staff(AbstractBaseUser):
    """A member of staff. There is no superuser: every right comes from a mandate.

    `export_columns` are those last chosen for a list taken away as a file.
    """

    username = models.CharField("identifiant", max_length=60, unique=True)
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    email = models.EmailField("adresse électronique", max_length=254)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    export_columns = ArrayField(models.CharField(max_length=20), default=list)

    objects = BaseUserManager["Staff"]()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name", "email"]

    class Meta:
        db_table = "staff"

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class SignInTry(models.Model):
    """A try to sign in that has not succeeded, kept a day: it slows down the next ones (actions/sign_in.py).

    The account is a keyed hash of what was typed: a password typed in the wrong field is not kept readable.
    """

    account_hash = models.BinaryField(max_length=33)
    address = models.GenericIPAddressField(null=True)
    is_known_address = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_try"
        indexes = [models.Index(fields=["account_hash", "at"], name="sign_in_try_by_account")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class KnownAddress(models.Model):
    """An address from which this account has signed in before: strangers elsewhere cannot slow it down there."""

    account_hash = models.BinaryField(max_length=33)
    address = models.GenericIPAddressField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "known_address"
        constraints = [models.UniqueConstraint(fields=["account_hash", "address"], name="known_address_once")]

    def __str__(self) -> str:
        return str(self.address)
