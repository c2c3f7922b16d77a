"""Random lives of twenty accounts: whatever happens to them in whatever order, the same few things stay true.

One live secret at most; an account that is activated has no provisional password; one that goes by FranceConnect never
has any; the journal tells the same story as the rows; a tie that is suspended or set aside gives nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts import provisional
from accounts.actions.account_changes import ImpossibleError, block, unblock
from accounts.actions.activation import LetterEndedError, Opened, activate, mark_of
from accounts.actions.credentials import give_provisionals, opens, void_provisionals
from accounts.actions.disputes import SettledError, raise_disputes, settle_dispute
from accounts.actions.doubles import pairs_of
from accounts.actions.guardian_activation import activation_token, begin_activation, children_of, finish_activation
from accounts.actions.journal import SYSTEM, Event, record
from accounts.actions.merging import NotMerged, merge_guardians, part_guardians
from accounts.enums import AccountState, BlockReason, DisputeOutcome, Origin, Population, UnblockReason
from accounts.lifecycle import DONE, TRANSITIONS, notify_outcome
from accounts.lifecycle import Event as Lived
from accounts.models import Dispute, Guardian, Guardianship, JournalEntry, Merge, School, Student
from accounts.tasks import close_accounts
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import COLLEGE, LEGAL, deliver, person, pupil

START = datetime(2026, 9, 1, 10, tzinfo=UTC)
PUPILS, GUARDIANS = range(12), range(8)
"""Twenty accounts. The last two guardians are the first two again, under other numbers."""
FATES = {
    Event.ACCOUNT_NOTIFIED: AccountState.NOTIFIED,
    Event.ACCOUNT_FROZEN: AccountState.NOT_NOTIFIED,
    Event.ACCOUNT_ACTIVATING: AccountState.ACTIVATING,
    Event.ACCOUNT_ACTIVATED: AccountState.ACTIVATED,
    Event.ACCOUNT_BLOCKED: AccountState.BLOCKED,
    Event.ACCOUNT_UNBLOCKED: AccountState.NOT_NOTIFIED,
    Event.ACCOUNT_CLOSED: AccountState.CLOSED,
}
"""What each entry of the journal leaves an account in."""
someone = st.integers(0, len(PUPILS) + len(GUARDIANS) - 1)


class Lives(RuleBasedStateMachine):
    """Everything happens in one transaction, which is rolled back at the end of each walk."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel(START, tick=False)
        self.now = self.clock.start()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.here = set(PUPILS)
        self.secrets: dict[UUID, list[str]] = {}
        self.ids: list[UUID] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)
        self.clock.stop()

    @initialize()
    def first_delivery(self) -> None:
        self._deliver()
        with scope(COLLEGE):
            pupils = Student.objects.order_by("sources__local_id").values_list("pk", flat=True)
            people = Guardian.objects.order_by("sources__aaf_id").values_list("pk", flat=True)
            self.ids = [*pupils, *people]
        assert len(self.ids) == len(PUPILS) + len(GUARDIANS)
        self.notify(range(0, len(self.ids), 2))

    def _deliver(self) -> None:
        pupils = [
            pupil(number + 1, f"AUBE{number:02}", ties=[(51 + number % len(GUARDIANS), LEGAL)]) for number in self.here
        ]
        people = [person(51 + n, f"ORME{n % 6}", mail=f"o{n % 6}@example.org") for n in GUARDIANS]
        deliver(*pupils, *people, day=timezone.localdate())

    def _account(self, number: int) -> Any:
        model = Student if number < len(PUPILS) else Guardian
        return model._default_manager.get(pk=self.ids[number])

    def _in_school(self, act: Callable[[Any], Any], number: int) -> None:
        """What is refused changes nothing: the invariants are asked after it all the same."""
        with suppress(ImpossibleError, LetterEndedError, SettledError, NotMerged), transaction.atomic(), scope(COLLEGE):
            act(self._account(number))

    def _one_of(self, model: type[Any], states: tuple[AccountState, ...], number: int) -> int | None:
        """Somebody in such a state, if there is anybody: chance alone would seldom meet one."""
        with scope(COLLEGE):
            rows = set(model.objects.filter(state__in=states).values_list("pk", flat=True))
            found = [place for place, pk in enumerate(self.ids) if pk in rows]
        return found[number % len(found)] if found else None

    @rule(numbers=st.sets(someone, min_size=2, max_size=9))
    def notify(self, numbers: Iterable[int]) -> None:
        for number in sorted(numbers):
            self._notify(number)

    def _notify(self, number: int) -> None:
        def act(account: Any) -> None:
            state = AccountState(account.state)
            facts = {"origin": account.origin, "is_leaving": account.is_leaving, "include_activated": True}
            if notify_outcome(state, **facts) in DONE:
                school = School.objects.get(pk=COLLEGE)
                (secret,) = give_provisionals(actor=SYSTEM, school=school, accounts=[account], now=timezone.now())
                self.secrets.setdefault(account.pk, []).append(provisional.grouped(secret))

        self._in_school(act, number)

    def _opened(self, account: Any) -> Opened | None:
        """As the activation site knows who typed the letter's password."""
        given = self.secrets.get(account.pk, [""])[-1]
        if account.state != AccountState.NOTIFIED or not opens(account, given, now=timezone.now()):
            return None
        population = Population.GUARDIANS if isinstance(account, Guardian) else Population.STUDENTS
        return Opened(account.pk, COLLEGE, mark_of(account), is_activated=False, population=population)

    @rule(number=someone)
    def activate_pupil(self, number: int) -> None:
        def act(account: Any) -> None:
            if opened := self._opened(account):
                what = {"password_hash": "!own", "birth_date": account.birth_date, "now": timezone.now()}
                activate(actor=SYSTEM, opened=opened, **what)

        chosen = self._one_of(Student, (AccountState.NOTIFIED,), number)
        if chosen is not None:
            self._in_school(act, chosen)

    @rule(number=someone, is_confirmed=st.booleans(), by_whom=st.sampled_from(["letter", "FranceConnect"]))
    def activate_guardian(self, number: int, is_confirmed: bool, by_whom: str) -> None:
        def act(account: Guardian) -> None:
            if by_whom == "FranceConnect" and (AccountState(account.state), Lived.ACTIVATE) in TRANSITIONS:
                told = {"provisional_hash": None, "provisional_expires_at": None, "origin": Origin.FRANCE_CONNECT}
                Guardian.objects.filter(pk=account.pk).update(state=AccountState.ACTIVATED, password="", **told)
                record(actor=SYSTEM, event=Event.ACCOUNT_ACTIVATED, uai=COLLEGE, target=account.pk)
            elif opened := self._opened(account):
                dates = {child.id: child.birth_date for child in children_of(account.pk) if child.birth_date}
                if dates:
                    what = {"password_hash": "!own", "dates": dates, "email": "o@example.org", "now": timezone.now()}
                    begin_activation(actor=SYSTEM, opened=opened, **what)
            account.refresh_from_db()
            if is_confirmed and account.state == AccountState.ACTIVATING:
                finish_activation(actor=SYSTEM, token=activation_token(account, COLLEGE), now=timezone.now())

        chosen = self._one_of(Guardian, (AccountState.NOTIFIED, AccountState.ACTIVATING), number)
        if chosen is not None:
            self._in_school(act, chosen)

    @rule(number=someone, is_lifted=st.booleans())
    def block_or_lift(self, number: int, is_lifted: bool) -> None:
        def act(account: Any) -> None:
            what = {"actor": SYSTEM, "uai": COLLEGE, "account": account, "version": account.version}
            if is_lifted:
                unblock(reason=UnblockReason.SETTLED, **what)
            else:
                block(reason=BlockReason.STOLEN, **what)

        self._in_school(act, number)

    @rule()
    def freeze(self) -> None:
        with scope(COLLEGE):
            void_provisionals(actor=SYSTEM, uai=COLLEGE)

    @rule(days=st.sampled_from([1, 30, 91]))
    def time_passes(self, days: int) -> None:
        self.now.shift(timedelta(days=days))
        close_accounts()

    @rule(number=st.integers(1, len(PUPILS) - 1))
    def leave_or_return(self, number: int) -> None:
        """The first pupil never leaves: a delivery without any would be refused."""
        self.here ^= {number}
        self.now.shift(timedelta(days=1))
        self._deliver()

    @rule(number=someone)
    def dispute(self, number: int) -> None:
        def act(account: Guardian) -> None:
            if opened := self._opened(account):
                children = {child.id for child in children_of(account.pk)}
                raise_disputes(actor=SYSTEM, opened=opened, children=children, now=timezone.now())

        chosen = self._one_of(Guardian, (AccountState.NOTIFIED,), number)
        if chosen is not None:
            self._in_school(act, chosen)

    @rule(outcome=st.sampled_from(DisputeOutcome))
    def settle(self, outcome: DisputeOutcome) -> None:
        with scope(COLLEGE):
            waiting = Dispute.objects.to_settle().order_by("raised_at", "pk").first()
        if waiting is not None:
            what = {"outcome": outcome, "note": "", "now": timezone.now()}
            self._in_school(lambda _: settle_dispute(actor=SYSTEM, uai=COLLEGE, dispute=waiting.pk, **what), 0)

    @rule(is_swapped=st.booleans())
    def merge(self, is_swapped: bool) -> None:
        def act(_: Any) -> None:
            for pair in pairs_of(Guardian.objects.known_to(COLLEGE), COLLEGE)[:1]:
                kept, ended = (pair.two, pair.one) if is_swapped else (pair.one, pair.two)
                merge_guardians(actor=SYSTEM, uai=COLLEGE, kept=kept.pk, ended=ended.pk, now=timezone.now())

        self._in_school(act, 0)

    @rule()
    def part(self) -> None:
        def act(_: Any) -> None:
            for row in Merge.objects.in_force().order_by("merged_at", "pk")[:1]:
                part_guardians(actor=SYSTEM, uai=COLLEGE, merge=row.pk, now=timezone.now())

        self._in_school(act, 0)

    @invariant()
    def secrets_are_few(self) -> None:
        for account in self._everyone():
            is_live = account.provisional_hash is not None
            assert is_live == (account.state == AccountState.NOTIFIED)
            assert not (is_live and account.origin == Origin.FRANCE_CONNECT)
            given = self.secrets.get(account.pk, [])
            far = timezone.now() - timedelta(days=3650)
            opening = [secret for secret in given if is_live and opens(account, secret, now=far)]
            assert opening == (given[-1:] if is_live else [])

    @invariant()
    def the_journal_tells_the_same_story(self) -> None:
        with scope(COLLEGE):
            told: dict[UUID, AccountState] = {}
            before: dict[UUID, AccountState] = {}
            for entry in JournalEntry.objects.filter(target__isnull=False).order_by("sequence"):
                pk, event = entry.target, Event(entry.event)
                if event in FATES:
                    told[pk] = FATES[event]
                elif event is Event.GUARDIANS_MERGED and entry.detail == "ended":
                    before[pk] = told.get(pk, AccountState.NOT_NOTIFIED)
                    told[pk] = AccountState.CLOSED
                elif event is Event.GUARDIANS_PARTED and pk in before:
                    was = before.pop(pk)
                    told[pk] = AccountState.NOT_NOTIFIED if was is AccountState.NOTIFIED else was
        for account in self._everyone():
            assert account.state == told.get(account.pk, AccountState.NOT_NOTIFIED), account.pk

    @invariant()
    def ties_without_force_give_nothing(self) -> None:
        with scope(COLLEGE):
            ended = set(Merge.objects.in_force().values_list("ended", flat=True))
            forced = Guardianship.objects.filter(in_force=True)
            assert not forced.filter(guardian__in=ended).exists()
            assert not forced.filter(disputed_at__isnull=False).exists()
            known = set(Guardian.objects.known_to(COLLEGE).values_list("pk", flat=True))
            assert not known & ended
            for row in Dispute.objects.with_tie().filter(is_listed=True, outcome="").values("student", "guardian"):
                assert not forced.filter(**row).exists()

    def _everyone(self) -> Iterator[Any]:
        with scope(COLLEGE):
            yield from Student.objects.all()
            yield from Guardian.objects.all()


def walk(examples: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks, database=None
        ),
    )


@pytest.mark.django_db
def test_random_lives() -> None:
    walk(6, 25)


@pytest.mark.slow
@pytest.mark.django_db
def test_many_random_lives() -> None:
    walk(150, 60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
