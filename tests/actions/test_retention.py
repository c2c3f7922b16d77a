"""What is kept for a time goes after it, and what is younger stays (docs/retention.md).

Python's clock travels; where PostgreSQL compares with its own, the row is made older instead.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.actions.holder_sign_ins import keep_sign_in
from accounts.enums import FeedState
from accounts.models import (
    Feed,
    FeedFile,
    FeedTrace,
    HolderCode,
    HolderSignIn,
    KnownAddress,
    OidcClient,
    OidcCode,
    OidcToken,
    SignInTry,
    StaffSession,
)
from accounts.tasks import forget
from educonnect_admin.toolkit.scope import NOWHERE, holder_scope, scope
from notifications.models import Run, SealedSecret
from notifications.tasks import destroy_expired_payloads
from tests.actions.scene import Person, draft, finished, ids
from tests.visitors import HERE, World

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (15 * MINUTE - timedelta(seconds=1), {"session", "try", "address"}),
        (16 * MINUTE, {"try", "address"}),
        (DAY - MINUTE, {"try", "address"}),
        (DAY + MINUTE, {"address"}),
        (365 * DAY - MINUTE, {"address"}),
        (365 * DAY + MINUTE, set()),
    ],
)
def test_what_the_hourly_task_forgets_and_what_it_leaves(later: timedelta, left: set[str]) -> None:
    now = timezone.now()
    StaffSession.objects.create(session_key="k" * 32, session_data="", expire_date=now + 15 * MINUTE)
    SignInTry.objects.create(account_hash=b"h" * 33, address="192.0.2.7", at=now)
    KnownAddress.objects.create(account_hash=b"h" * 33, address="192.0.2.7", last_at=now)
    with time_machine.travel(now + later, tick=False):
        forget()
    there = {"session": StaffSession, "try": SignInTry, "address": KnownAddress}
    assert {name for name, model in there.items() if model._default_manager.exists()} == left


@pytest.mark.parametrize(("later", "left"), [(DAY - MINUTE, 1), (DAY + 2 * MINUTE, 0)])
def test_codes_and_tokens_go_a_day_after_their_end(later: timedelta, left: int) -> None:
    now = timezone.now()
    client = OidcClient.objects.create(
        client_id="c", name="ENT", secret_digest=b"s" * 32, redirect_uris=[], scopes=[], subject_salt=b"s" * 32
    )
    held = {"client": client, "account_id": uuid4(), "mark": "m", "scope": "openid", "signed_in_at": now}
    OidcCode.objects.create(**held, digest=b"d" * 32, redirect_uri="https://e", expires_at=now + MINUTE)
    ends = {"access_expires_at": now, "refresh_expires_at": now + MINUTE}
    OidcToken.objects.create(**held, family=uuid4(), access_digest=b"a" * 32, refresh_digest=b"r" * 32, **ends)
    with time_machine.travel(now + later, tick=False):
        forget()
    assert (OidcCode.objects.count(), OidcToken.objects.count()) == (left, left)


@pytest.mark.parametrize(
    ("later", "left"),
    [(9 * MINUTE, (1, 1)), (11 * MINUTE, (1, 0)), (90 * DAY - MINUTE, (1, 0)), (90 * DAY + MINUTE, (0, 0))],
)
def test_what_is_the_holders_alone_goes_in_time(later: timedelta, left: tuple[int, int]) -> None:
    """PostgreSQL's own clock decides: the rows are made older."""
    account, at = uuid4(), timezone.now() - later
    with transaction.atomic(), holder_scope(account):
        keep_sign_in(account_id=account, now=at)
        HolderCode.objects.create(account_id=account, code_hash=b"h" * 33, expires_at=at + 10 * MINUTE)
    forget()
    with transaction.atomic(), holder_scope(account):
        assert (HolderSignIn.objects.count(), HolderCode.objects.count()) == left


def feed(state: FeedState, age: timedelta) -> Feed:
    made = Feed.objects.create(school_id=HERE, state=state, applied_at=timezone.now() - age)
    Feed.objects.filter(pk=made.pk).update(created_at=timezone.now() - age)
    return made


def test_uploaded_files_go_after_a_day_or_with_their_delivery(world: World) -> None:
    kept = feed(FeedState.READY, DAY - MINUTE)
    for each in (kept, feed(FeedState.READY, DAY + MINUTE), feed(FeedState.DROPPED, MINUTE)):
        FeedFile.objects.create(feed=each, school_id=HERE, name="f.xml", content=b"x")
    with scope(NOWHERE):
        forget()
    assert list(FeedFile.objects.values_list("feed", flat=True)) == [kept.pk]


def test_traces_go_after_eight_days(world: World) -> None:
    kept = feed(FeedState.APPLIED, 8 * DAY - MINUTE)
    for each in (kept, feed(FeedState.APPLIED, 8 * DAY + MINUTE), feed(FeedState.TAKEN_BACK, MINUTE)):
        FeedTrace.objects.create(feed=each, school_id=HERE, relation="student", row_id=uuid4(), before={})
    with scope(NOWHERE):
        forget()
    assert list(FeedTrace.objects.values_list("feed", flat=True)) == [kept.pk]


def test_payloads_go_after_their_time_and_drafts_after_a_day(world: World, head: Person) -> None:
    young, old = ids(world.pupils)
    run = finished(head, [young, old])
    SealedSecret.objects.filter(account_id=young).update(expires_at=timezone.now() + MINUTE)
    SealedSecret.objects.filter(account_id=old).update(expires_at=timezone.now() - MINUTE)
    drafts = [draft(head, [young]) for _ in range(2)]
    for each, age in zip(drafts, (DAY - MINUTE, DAY + MINUTE), strict=True):
        Run.objects.filter(pk=each.pk).update(created_at=timezone.now() - age)
    with scope(NOWHERE):
        destroy_expired_payloads()
    assert list(SealedSecret.objects.values_list("account_id", flat=True)) == [young]
    assert set(Run.objects.values_list("pk", flat=True)) == {run.pk, drafts[0].pk}
