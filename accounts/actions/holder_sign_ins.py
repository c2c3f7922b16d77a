"""What the holder of an account sees of the last sign-ins, and how they are kept and forgotten."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.models import HolderSignIn
from educonnect_admin.toolkit.scope import holder_scope

SHOWN = 10


def keep_sign_in(*, account_id: UUID, now: datetime, is_by_france_connect: bool = False, service: str = "") -> None:
    """Note a sign-in. The caller is in the holder's scope."""
    HolderSignIn.objects.create(
        account_id=account_id, at=now, is_by_france_connect=is_by_france_connect, service=service
    )


@transaction.atomic
def last_sign_ins(account_id: UUID) -> list[HolderSignIn]:
    """The last ones, the newest first: of 90 days at most."""
    with holder_scope(account_id):
        return list(HolderSignIn.objects.filter(account_id=account_id).order_by("-at")[:SHOWN])


def forget_of_holders() -> None:
    """Sign-ins of more than 90 days ago, and codes that have ended: PostgreSQL lets nobody forget others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_of_holders()")
