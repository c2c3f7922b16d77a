"""The rules of access once more, in plain Python, from product.md alone: no query, nothing of the console's code."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
HEAD, FULL, SIMPLIFIED = "head", "full", "simplified"
BEST_FIRST = (HEAD, FULL, SIMPLIFIED)
IDLE, ABSOLUTE, PROOF = timedelta(minutes=15), timedelta(hours=8), timedelta(minutes=10)
YEAR = timedelta(days=366)


@dataclass
class Mandated:
    """A mandate. `rooms` None: the whole school."""

    pk: int
    person: str
    school: str
    role: str
    rooms: frozenset[str] | None
    begins: datetime
    ends: datetime | None
    revoked: bool = False

    def is_unfinished(self, now: datetime) -> bool:
        return not self.revoked and (self.ends is None or self.ends > now)

    def is_live(self, now: datetime) -> bool:
        return self.is_unfinished(now) and self.begins <= now


@dataclass
class Session:
    """One sign-in. `current`: the mandate taken last."""

    person: str
    has_key: bool
    began: datetime
    used: datetime
    is_open: bool = True
    current: int = 0

    def is_alive(self, now: datetime) -> bool:
        return self.is_open and now - self.used < IDLE and now - self.began <= ABSOLUTE


@dataclass
class Rules:
    """Who holds what, who is signed in, where the pupils are."""

    rooms: dict[str, frozenset[str]]
    places: dict[str, dict[str, str]]
    """School -> pupil -> room, of those who are there."""
    mandates: list[Mandated] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    def rows(self, mandate: Mandated) -> set[str]:
        """The pupils that a live mandate opens."""
        there = self.places[mandate.school].items()
        return {pupil for pupil, room in there if mandate.rooms is None or room in mandate.rooms}

    def enter(self, session: Session, school: str, now: datetime) -> str | Mandated:
        """The mandate that opens the school's pages, or the matrix's word for what stands in the way."""
        if not session.is_alive(now):
            session.is_open = False
            return "in"
        session.used = now
        live = [held for held in self.mandates if held.person == session.person and held.is_live(now)]
        here = [held for held in live if held.school == school]
        if not here:
            return "404" if live else "403"
        chosen = min(here, key=lambda held: (held.pk != session.current, BEST_FIRST.index(held.role), held.pk))
        if chosen.role != SIMPLIFIED and not session.has_key:
            return "otp"
        session.current = chosen.pk
        return chosen

    def sees(self, session: Session, school: str, page: str, now: datetime) -> str | set[str]:
        """What a list shows."""
        entered = self.enter(session, school, now)
        if isinstance(entered, str):
            return entered
        return "403" if page == "students" and entered.role == SIMPLIFIED else self.rows(entered)

    def switch(self, session: Session, pk: int, now: datetime) -> None:
        if not session.is_alive(now):
            session.is_open = False
            return
        session.used = now
        if any(held.pk == pk and held.person == session.person and held.is_live(now) for held in self.mandates):
            session.current = pk

    def decides(self, session: Session, school: str, now: datetime) -> bool:
        """Whether this is a head of the school, well known and a moment ago."""
        entered = self.enter(session, school, now)
        return isinstance(entered, Mandated) and entered.role == HEAD and now - session.began <= PROOF

    def may_be_told(self, giver: Session, person: str, school: str, now: datetime) -> bool:
        """Whether a head may decide about this person: not himself, nor another head of the school."""
        headed = (
            held.person == person and held.school == school and held.role == HEAD for held in self.unfinished(now)
        )
        return giver.person != person and not any(headed)

    def may_hold(self, wish: Mandated, now: datetime) -> bool:
        """Whether such a delegation can be."""
        if wish.role == HEAD or wish.ends is None:
            return False
        if wish.rooms is not None and (
            wish.role == FULL or not wish.rooms or not wish.rooms <= self.rooms[wish.school]
        ):
            return False
        return wish.ends > max(wish.begins, now) and wish.ends - wish.begins <= YEAR

    def gives(self, giver: Session, wish: Mandated, now: datetime) -> bool:
        if not self.decides(giver, wish.school, now) or not self.may_be_told(giver, wish.person, wish.school, now):
            return False
        held = {(held.person, held.school, held.role) for held in self.unfinished(now)}
        return (wish.person, wish.school, wish.role) not in held and self.may_hold(wish, now)

    def unfinished(self, now: datetime) -> list[Mandated]:
        return [held for held in self.mandates if held.is_unfinished(now)]

    def revoke(self, mandate: Mandated, now: datetime) -> None:
        """With the last mandate, the sessions end."""
        mandate.revoked = True
        if all(held.person != mandate.person for held in self.unfinished(now)):
            for session in self.sessions:
                session.is_open = session.is_open and session.person != mandate.person


def first_moment(day: date, now: datetime) -> datetime:
    return max(datetime.combine(day, time.min, PARIS), now)


def last_moment(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), PARIS)
