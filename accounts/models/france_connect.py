"""Which guardian's account a person's FranceConnect opens."""

from django.db import models


class FranceConnectTie(models.Model):
    """One identity, one account. The pseudonym that FranceConnect gives is kept as a keyed hash.

    `mark` is that of the account's own password when the tie was made: one of an account with a password ends with it.
    The row is of no school, and names nobody.
    """

    subject_hash = models.BinaryField(primary_key=True, max_length=33)
    account_id = models.UUIDField(unique=True)
    mark = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "france_connect_tie"

    def __str__(self) -> str:
        return f"tie of {self.account_id}"
