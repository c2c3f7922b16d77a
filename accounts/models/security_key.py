"""The security keys and passkeys of a member of staff (WebAuthn)."""

from django.db import models
from django_otp.models import Device


class SecurityKey(Device):
    """One key, under the name that its owner gave it. It holds no secret: only the public half is here.

    `sign_count` is what the key counted at its last use: one that counts goes up, or it is a copy. `spent_challenge`
    is what it signed then: it does not open twice, not even at the same moment. Weighed under its row's lock
    (actions/security_keys.py), never by a token.
    """

    credential_id = models.BinaryField(max_length=1023)
    public_key = models.BinaryField(max_length=2048)
    sign_count = models.BigIntegerField(default=0)
    spent_challenge = models.BinaryField(max_length=64, default=b"")
    transports = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "security_key"
        constraints = [models.UniqueConstraint(fields=["credential_id"], name="security_key_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.name}"
