"""What a head may delegate, to whom and how long (product.md, "Who works in it"). Pure: no query, no request."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from accounts.enums import Assurance, Role
from accounts.permissions import ActiveMandate, Permission

LONGEST = timedelta(days=366)
"""One year at most, a leap one included; the database holds it too."""

ENDS_SOON = timedelta(days=30)
"""From when on the head is told in Accueil that a delegation ends."""

SCHOOL_YEAR_ENDS = (8, 31)


class Refusal(StrEnum):
    """Why a delegation is not given, changed or revoked."""

    NOT_A_HEAD = "not_a_head"
    ONESELF = "oneself"
    TO_A_HEAD = "to_a_head"
    HEADS_ROLE = "heads_role"
    HEADS_KEY = "heads_key"
    CLOSED_ACCESS = "closed_access"
    HELD_ALREADY = "held_already"
    NO_CLASS = "no_class"
    FULL_BY_CLASS = "full_by_class"
    FOREIGN_CLASS = "foreign_class"
    ENDS_TOO_SOON = "ends_too_soon"
    TOO_LONG = "too_long"
    OVER = "over"


REFUSAL_LABELS: dict[Refusal, str] = {
    Refusal.NOT_A_HEAD: "Seul un chef de cet établissement, connu par sa clé, peut déléguer.",
    Refusal.ONESELF: "Vous ne pouvez ni vous donner une délégation, ni modifier la vôtre.",
    Refusal.TO_A_HEAD: "Cette personne est déjà chef de cet établissement.",
    Refusal.HEADS_ROLE: "Le rôle de chef d’établissement ne se délègue pas.",
    Refusal.HEADS_KEY: "Cette personne est aussi chef d’établissement : seul l’exploitant efface sa clé.",
    Refusal.CLOSED_ACCESS: "L’accès de cette personne est fermé.",
    Refusal.HELD_ALREADY: "Cette personne a déjà une délégation pour ce module : modifiez-la.",
    Refusal.NO_CLASS: "Choisissez au moins une classe, ou tout l’établissement : une liste vide n’ouvrirait rien.",
    Refusal.FULL_BY_CLASS: "Le module complet s’ouvre sur tout l’établissement, jamais sur quelques classes.",
    Refusal.FOREIGN_CLASS: "Une des classes n’est pas une classe de cet établissement.",
    Refusal.ENDS_TOO_SOON: "La fin doit venir après le début, et après aujourd’hui.",
    Refusal.TOO_LONG: "Une délégation dure un an au plus.",
    Refusal.OVER: "Cette délégation n’est plus en cours : donnez-en une nouvelle.",
}


class DelegationRefusedError(Exception):
    """A rule stands in the way; nothing was changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal

    @property
    def label(self) -> str:
        return REFUSAL_LABELS[self.refusal]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is delegated. `classrooms` None: the whole school."""

    role: Role
    classrooms: frozenset[UUID] | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom, as far as the rules ask. `is_head`: of this very school, now or soon."""

    staff_id: int
    is_active: bool = True
    is_head: bool = False


def may_delegate(giver: ActiveMandate) -> bool:
    """A head, well known at this request: nobody gives what he does not hold, and a delegate never delegates."""
    is_known = giver.assurance is Assurance.OTP
    return giver.role is Role.HEAD and is_known and Permission.DELEGATE in giver.permissions


def refusal_of_person(giver: ActiveMandate, recipient: Recipient) -> Refusal | None:
    """Whether this giver may decide about this person's delegations."""
    if not may_delegate(giver):
        return Refusal.NOT_A_HEAD
    if recipient.staff_id == giver.staff_id:
        return Refusal.ONESELF
    if not recipient.is_active:
        return Refusal.CLOSED_ACCESS
    return Refusal.TO_A_HEAD if recipient.is_head else None


def refusal_of_terms(terms: Terms, *, school_classrooms: Collection[UUID], now: datetime) -> Refusal | None:
    """Whether these terms can be given in a school that has these classes."""
    if terms.role is Role.HEAD:
        return Refusal.HEADS_ROLE
    if terms.classrooms is not None:
        if terms.role is not Role.SIMPLIFIED:
            return Refusal.FULL_BY_CLASS
        if not terms.classrooms:
            return Refusal.NO_CLASS
        if not terms.classrooms <= frozenset(school_classrooms):
            return Refusal.FOREIGN_CLASS
    if terms.ends_at <= terms.starts_at or terms.ends_at <= now:
        return Refusal.ENDS_TOO_SOON
    return Refusal.TOO_LONG if terms.ends_at > terms.starts_at + LONGEST else None


def end_of_school_year(day: date) -> date:
    """The 31 August that ends the school year of this day.

    >>> end_of_school_year(date(2026, 9, 1)), end_of_school_year(date(2026, 8, 31))
    (datetime.date(2027, 8, 31), datetime.date(2026, 8, 31))
    """
    month, last = SCHOOL_YEAR_ENDS
    this_year = date(day.year, month, last)
    return this_year if day <= this_year else date(day.year + 1, month, last)


def last_end_of_school_year(day: date) -> date:
    """The last 31 August before this day.

    >>> last_end_of_school_year(date(2026, 9, 1)), last_end_of_school_year(date(2026, 8, 31))
    (datetime.date(2026, 8, 31), datetime.date(2025, 8, 31))
    """
    following = end_of_school_year(day)
    return following.replace(year=following.year - 1)
