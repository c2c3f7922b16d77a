"""A new master key: what is sealed anew under it, and what still needs an older one.

Only what can be read can be sealed again: the seeds of OTP keys. Hashes end by themselves (provisional passwords after
90 days, sealed payloads after 24 hours) or with whoever holds the secret (recovery codes). The lowest number stays for
good: identifiants are counted, tries slowed and security keys named under it.
"""

from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from accounts.models import Guardian, OtpKey, RecoveryCode, School, Student
from educonnect_admin.toolkit.scope import school_transaction

CHUNK = 200
NUMBER = "SELECT get_byte({column}, 0), count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"


def seal_seeds_anew() -> int:
    """Seal the seeds that stand under an older key under the newest; how many.

    In chunks of their own, each whole or not at all: broken off, it goes on where it was. Rows are locked, so that a
    code being used up meanwhile is not forgotten.
    """
    newest = max(settings.CONSOLE_KEYS)
    done, last = 0, 0
    while True:
        with transaction.atomic():
            keys = list(OtpKey.objects.select_for_update().filter(pk__gt=last).order_by("pk")[:CHUNK])
            for key in keys:
                if bytes(key.sealed_seed)[0] != newest:
                    key.set_seed(key.seed)
                    key.save(update_fields=["sealed_seed"])
                    done += 1
        if not keys:
            return done
        last = keys[-1].pk


def standing_under() -> dict[str, Counter[int]]:
    """What is written, by kind and by the number of its key; passwords in one school after the other."""
    found: dict[str, Counter[int]] = {
        "OTP keys": Counter(dict(_numbers(OtpKey, "sealed_seed"))),
        "recovery codes": Counter(dict(_numbers(RecoveryCode, "code_hash"))),
        "provisional passwords": Counter(),
    }
    for uai in School.objects.order_by("uai").values_list("uai", flat=True):
        with school_transaction(uai):
            for model in (Student, Guardian):
                found["provisional passwords"].update(dict(_numbers(model, "provisional_hash")))
    return found


def _numbers(model: type[Model], column: str) -> Iterator[tuple[int, int]]:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name
        cursor.execute(NUMBER.format(table=name(model._meta.db_table), column=name(column)))
        yield from cursor.fetchall()
