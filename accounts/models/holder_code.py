"""The code that a text message brought to a guardian who forgot the password."""

from django.db import models


class HolderCode(models.Model):
    """The last code of an account: a keyed hash, worth ten minutes and five tries. The next takes its place."""

    account_id = models.UUIDField(primary_key=True)
    code_hash = models.BinaryField(max_length=33)
    expires_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "holder_code"

    def __str__(self) -> str:
        return f"code of {self.account_id}"
