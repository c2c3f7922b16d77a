"""When a pupil or a guardian signed in: their own page shows it, so that they see what was not them."""

import uuid

from django.db import models


class HolderSignIn(models.Model):
    """One sign-in of an account's holder: here, or in a service (`service` is its name then).

    Seen by the holder alone, for 90 days. The school sees the date of the last one on the account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account_id = models.UUIDField()
    at = models.DateTimeField()
    is_by_france_connect = models.BooleanField(default=False)
    service = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "holder_sign_in"
        indexes = [
            models.Index(fields=["account_id", "-at"], name="holder_sign_in_of_account"),
            models.Index(fields=["at"], name="holder_sign_in_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at:%Y-%m-%d %H:%M}"
