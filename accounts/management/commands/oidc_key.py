"""manage.py oidc_key"""

from typing import Any

from django.core.management.base import BaseCommand
from joserfc.jwk import RSAKey


class Command(BaseCommand):
    help = (
        "Make an RSA key for OIDC_KEYS and write it in PEM to standard output. To replace a key, put the new one "
        "before the old one in the file, and take the old one out a day later."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(RSAKey.generate_key(3072).as_pem(private=True).decode(), ending="")
