"""What the address of a list, and its search form, ask for."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from accounts.enums import ShownState
from accounts.facets import STUDENT_FACETS, Facet, by_name, is_known
from educonnect_admin.toolkit.pagination import SIZES, whole_number

LONGEST_SEARCH = 100
SEARCHES_KEPT = 20
TOO_LONG = f"La recherche est trop longue : {LONGEST_SEARCH} caractères au plus."
UNKNOWN_CLASS = (
    "Une des classes demandées n’existe pas ou n’est pas ouverte par votre mandat : elle est laissée de côté."
)
SEARCHES = "searches"
SELECTIONS = "selections"
SELECTIONS_KEPT = 5
PER_PAGE = "per_page"
MOST_VALUES = 10


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What is asked of a list. The text searched names people: it is kept on the server, the address has its id."""

    text: str = ""
    search_id: str = ""
    classrooms: tuple[UUID, ...] = ()
    states: tuple[str, ...] = ()
    sort: str = ""
    page: int = 1
    size: int = SIZES[0]
    everything: bool = False
    ending_soon: bool = False
    facets: tuple[Facet, ...] = ()
    errors: tuple[str, ...] = field(default=())

    @property
    def is_filtered(self) -> bool:
        return bool(self.text or self.classrooms or self.states or self.ending_soon or self.facets)

    def address(self, **changes: Any) -> str:
        """The query string of this list, with changes: page=2, sort="-classe"..."""
        said: dict[str, Any] = {
            "classe": [str(key) for key in self.classrooms],
            "etat": list(self.states),
            "recherche": self.search_id,
            "tri": self.sort,
            "page": self.page if self.page > 1 else "",
            "tout": "1" if self.everything else "",
            "bientot": "1" if self.ending_soon else "",
            **by_name(self.facets),
        }
        said.update(changes)
        return "?" + urlencode({name: value for name, value in said.items() if value}, doseq=True)


def read_query(
    data: QueryDict,
    session: Mapping[str, Any],
    *,
    classrooms: Sequence[Any],
    sorts: Sequence[str],
    facets: Mapping[str, Mapping[str, str]] = STUDENT_FACETS,
) -> ListQuery:
    """The query of an address. What is unknown in it is left out, and said once in `errors`."""
    errors = []
    known = {str(classroom.pk): classroom.pk for classroom in classrooms}
    asked = data.getlist("classe")
    if any(key not in known for key in asked):
        errors.append(UNKNOWN_CLASS)
    states = data.getlist("etat")
    if any(state not in ShownState.values for state in states):
        errors.append("Un des états demandés n’existe pas : il est laissé de côté.")
    search_id = data.get("recherche", "")
    text = session.get(SEARCHES, {}).get(search_id, "")
    if search_id and not text:
        errors.append("Cette recherche n’est plus gardée : saisissez-la de nouveau.")
    if data.get("erreur") == "longue":
        errors.append(TOO_LONG)
    narrowed = chosen_facets(data, facets)
    if len(narrowed) < len({(name, value) for name in facets for value in data.getlist(name)}):
        errors.append("Un des filtres demandés n’existe pas : il est laissé de côté.")
    sort = data.get("tri", "")
    return ListQuery(
        text=text,
        search_id=search_id if text else "",
        classrooms=tuple(known[key] for key in asked if key in known),
        states=tuple(state for state in states if state in ShownState.values),
        sort=sort if sort.removeprefix("-") in sorts else "",
        page=whole_number(data.get("page", "1"), 1),
        size=whole_number(data.get("par_page", str(session.get(PER_PAGE, SIZES[0]))), SIZES[0]),
        everything=data.get("tout") == "1",
        ending_soon=data.get("bientot") == "1",
        facets=tuple(narrowed),
        errors=tuple(errors),
    )


def keep_search(session: Any, text: str) -> tuple[str, str]:
    """Keep what was searched on the server: its id for the address, and an error or "". Controls are dropped."""
    text = "".join(sign for sign in text if sign.isprintable()).strip()
    if len(text) > LONGEST_SEARCH:
        return "", TOO_LONG
    if not text:
        return "", ""
    search_id = secrets.token_urlsafe(9)
    kept = dict(list(session.get(SEARCHES, {}).items())[-SEARCHES_KEPT + 1 :])
    session[SEARCHES] = {**kept, search_id: text}
    return search_id, ""


def keep_selection(session: Any, ids: Sequence[UUID]) -> str:
    """Keep the rows ticked on the server: the id of the choice, for the address."""
    choice = secrets.token_urlsafe(9)
    kept = dict(list(session.get(SELECTIONS, {}).items())[-SELECTIONS_KEPT + 1 :])
    session[SELECTIONS] = {**kept, choice: [str(key) for key in ids]}
    return choice


def kept_selection(session: Mapping[str, Any], choice: str) -> list[UUID]:
    """The rows of a choice; none once it is no longer kept."""
    return [UUID(key) for key in session.get(SELECTIONS, {}).get(choice, [])]


class Paged(Protocol):
    """What is asked of any list: a page of so many rows, and the address of another."""

    @property
    def size(self) -> int: ...

    def address(self, **changes: Any) -> str: ...


def remember_size(session: Any, query: Paged) -> None:
    if query.size in SIZES and session.get(PER_PAGE, SIZES[0]) != query.size:
        session[PER_PAGE] = query.size


def chosen_facets(data: QueryDict, facets: Mapping[str, Mapping[str, str]]) -> list[Facet]:
    """What else a list is to be narrowed by; what is not known is left out."""
    told = dict.fromkeys((name, value) for name in facets for value in data.getlist(name)[:MOST_VALUES])
    return [facet for facet in told if is_known(facets, *facet)]


def chosen_ids(data: QueryDict, name: str) -> list[UUID]:
    """The ids ticked in a list; what is not an id is left out."""
    found = []
    for value in data.getlist(name):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
