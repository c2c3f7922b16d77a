"""Rounds of work and faults, the dice seeded: each round a work, a fault at a random moment of it, then a look."""

import argparse
import itertools
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import django
from django.db import connections

django.setup()

from notifications.actions.work import stuck_runs  # noqa: E402  # wants Django set up
from tests.conftest import make_template  # noqa: E402
from tests.databases import drop  # noqa: E402
from tests.faults.injections import FORM_SECONDS, INJECTIONS, Injection  # noqa: E402
from tests.faults.looking import DOUBLE, LOST, STUCK, Finding, looked_at, settle  # noqa: E402
from tests.faults.people import Head, NeverAnsweredError, invent_schools  # noqa: E402
from tests.faults.stage import DATABASE, Stage  # noqa: E402


@dataclass
class Told:
    """What came of one round."""

    number: int
    work: str
    fault: str
    seconds: float = 0.0
    in_a_run: bool = False
    """Whether a run was under way when the fault struck."""
    findings: list[Finding] = field(default_factory=list)


def notify(head: Head) -> None:
    head.notify()


def reset_all(head: Head) -> None:
    head.reset_all()


def notify_then_print(head: Head) -> None:
    head.print_letters(head.notify())


WORKS: dict[str, Callable[[Head], None]] = {
    "notify": notify,
    "notify again": notify,
    "notify, letters": notify_then_print,
    "reset of a selection": reset_all,
    "reset of one": Head.reset_one,
    "freeze": Head.freeze,
}


class Campaign:
    """`heads`: one works in the large school; the other, in the small one, resets at the same time."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.dice = stage, random.Random(seed)
        self.heads = [Head(staff, uai, stage.port) for uai, staff in invent_schools().items()]

    def rounds(self, number: int, only: str) -> Iterator[Told]:
        """Every fault comes before one comes again."""
        chosen = [fault for fault in INJECTIONS if only in fault.name]
        faults = itertools.chain.from_iterable(iter(lambda: self.dice.sample(chosen, len(chosen)), None))
        for count, fault in zip(range(1, number + 1), faults, strict=False):
            work = self.dice.choice(list(WORKS))
            told = Told(count, work, fault.name)
            began = time.monotonic()
            told.findings = list(self.round(told, fault))
            told.seconds = time.monotonic() - began
            yield told

    def round(self, told: Told, fault: Injection) -> Iterator[Finding]:
        self.stage.heal()
        for head in self.heads:
            head.sign_in()
        if fault.within is None:
            fault.strike(self.stage, self.dice)
        struck, unanswered = threading.Event(), list[str]()
        large, small = self.heads
        acts = (lambda: WORKS[told.work](large), lambda: small.reset_until(struck))
        people = [threading.Thread(target=self._at_work, args=(act, unanswered)) for act in acts]
        for person in people:
            person.start()
        time.sleep(self.dice.uniform(0, fault.within or FORM_SECONDS))
        told.in_a_run = bool(stuck_runs(0))
        if fault.within is not None:
            fault.strike(self.stage, self.dice)
        self.stage.keep_alive()
        struck.set()
        for person in people:
            person.join()
        self.stage.heal()
        connections.close_all()
        yield from ((STUCK, what) for what in unanswered)
        for head in self.heads:
            yield from settle(head.uai)
            yield from looked_at(head)

    @staticmethod
    def _at_work(act: Callable[[], None], unanswered: list[str]) -> None:
        try:
            act()
        except (NeverAnsweredError, AssertionError) as error:
            unanswered.append(repr(error))


def run(stage: Stage, options: argparse.Namespace) -> int:
    """The whole of it, told line by line; 1 where something was lost, twice or stuck."""
    make_template(DATABASE)
    rounds, refused = [], Counter[int]()
    try:
        campaign = Campaign(stage, options.seed)
        for told in campaign.rounds(options.faults, options.only):
            rounds.append(told)
            print(f"{told.number:4}  {told.seconds:5.1f} s  {told.fault}, {told.work}", file=sys.stderr, flush=True)
            for kind, what in told.findings[:10]:
                print(f"      {kind}: {what}", file=sys.stderr, flush=True)
        for head in campaign.heads:
            refused.update(head.refused)
    finally:
        connections.close_all()
        drop(DATABASE)
    return end(rounds, refused, as_json=options.json)


def end(rounds: list[Told], refused: Counter[int], *, as_json: bool) -> int:
    counted = Counter(kind for told in rounds for kind, _ in told.findings)
    if as_json:
        kinds = {kind: counted[kind] for kind in (LOST, DOUBLE, STUCK)}
        by_status = {str(status or "no answer"): number for status, number in sorted(refused.items())}
        struck = sum(told.in_a_run for told in rounds)
        print(json.dumps({"faults": len(rounds), **kinds, "in_a_run": struck, "refused": by_status}))
    else:
        print(f"{len(rounds)} faults, {counted[LOST]} lost, {counted[DOUBLE]} double, {counted[STUCK]} stuck.")
    return 1 if counted else 0
