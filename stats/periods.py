"""What the address of an evolution asks for: whose accounts, and from when to when."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from accounts.enums import Population
from accounts.forms.lists import UNKNOWN_CLASS
from accounts.models import Classroom
from stats.days import DAY, first_day
from stats.series import Asked

LONGEST = 366
KINDS = {"eleves": Population.STUDENTS, "responsables": Population.GUARDIANS}
SPELLINGS = ("%Y-%m-%d", "%d/%m/%Y")
LONGEST_DAY = 10
FIELDS = {"du": "Du", "au": "Au"}


@dataclass(frozen=True, slots=True)
class Period:
    """What is shown, and what could not be shown as it was asked."""

    asked: Asked
    errors: tuple[str, ...]

    @property
    def address(self) -> str:
        """The query string of what is shown."""
        asked = self.asked
        kind = next(key for key, population in KINDS.items() if population is asked.population)
        told = {"type": kind, "du": asked.first.isoformat(), "au": asked.last.isoformat()}
        return "?" + urlencode(told | ({"classe": str(asked.classroom.pk)} if asked.classroom else {}))


def read_period(data: Mapping[str, str], *, classrooms: Sequence[Classroom], born: date, today: date) -> Period:
    """The period of an address: since 1 September where nothing is said. What cannot be is told in `errors`.

    `born`: the day since which the school is known; nothing is shown before, nor after `today`.
    """
    errors: list[str] = []
    kind = data.get("type") or "eleves"
    if kind not in KINDS:
        errors.append("« Type de compte » : choisissez élèves ou responsables.")
    code = data.get("classe", "")
    room = next((room for room in classrooms if str(room.pk) == code), None)
    if code and room is None:
        errors.append(UNKNOWN_CLASS)
    first, last = _days(data, errors, born=born, today=today)
    return Period(Asked(KINDS.get(kind, Population.STUDENTS), room, first, last), tuple(errors))


def _days(data: Mapping[str, str], errors: list[str], *, born: date, today: date) -> tuple[date, date]:
    """From and to, as far as they can be shown."""
    usual = max(born, first_day(today))
    typed = {name: _day(data.get(name, ""), label, errors) for name, label in FIELDS.items()}
    first, last = typed["du"] or min(usual, typed["au"] or usual), typed["au"] or today
    if first > last:
        errors.append(f"« Du » ({first:%d/%m/%Y}) vient après « Au » ({last:%d/%m/%Y}) : inversez ces dates.")
        return usual, today
    if last < born or (first < born and typed["du"]):
        errors.append(
            f"« Du » : l’établissement est dans la console depuis le {born:%d/%m/%Y}, rien n’est connu avant ce jour."
        )
    if last > today:
        errors.append("« Au » : ce jour est à venir, la courbe s’arrête aujourd’hui.")
    first, last = min(max(first, born), today), max(min(last, today), born)
    if (last - first).days >= LONGEST:
        errors.append("« Du » : un an se montre au plus, la courbe commence un an avant « Au ».")
        first = last - (LONGEST - 1) * DAY
    return first, last


def _day(text: str, label: str, errors: list[str]) -> date | None:
    """A day as a browser sends it, or as one writes it here."""
    if not text:
        return None
    for spelling in SPELLINGS if len(text) <= LONGEST_DAY else ():
        with suppress(ValueError):
            return datetime.strptime(text, spelling).date()
    errors.append(f"« {label} » : écrivez un jour, par exemple 01/09/2026.")
    return None
