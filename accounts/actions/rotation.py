"""A new master key: what is sealed anew under it, and what still needs an older one.

Only what can be read can be sealed again: the seeds of OTP keys. Hashes end by themselves (provisional passwords after
90 days, sealed payloads after 24 hours) or with whoever holds the secret (recovery codes). The lowest number stays for
good: identifiants are counted, tries slowed and security keys named under it.
"""

from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Func, IntegerField, Model, Value

from accounts.models import Guardian, OtpKey, RecoveryCode, School, Student
from educonnect_admin.toolkit.scope import school_transaction

CHUNK = 200


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
        "OTP keys": Counter(_numbers(OtpKey, "sealed_seed")),
        "recovery codes": Counter(_numbers(RecoveryCode, "code_hash")),
        "provisional passwords": Counter(),
    }
    for uai in School.objects.order_by("uai").values_list("uai", flat=True):
        with school_transaction(uai):
            for model in (Student, Guardian):
                found["provisional passwords"].update(_numbers(model, "provisional_hash"))
    return found


def _numbers(model: type[Model], column: str) -> dict[int, int]:
    """How many values of a column stand under each key: its number is their first byte."""
    first = Func(F(column), Value(0), function="get_byte", output_field=IntegerField())
    rows = model._default_manager.filter(**{f"{column}__isnull": False}).annotate(number=first).order_by()
    return dict(rows.values_list("number").annotate(n=Count("pk")))
