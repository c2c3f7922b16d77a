"""What came of a delivery."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from accounts.feeds.report import Issue, Refusal, Then


class Hindrance(StrEnum):
    """Why a delivery that can be read may not be applied."""

    ACADEMY_UNKNOWN = "no académie told, or several"
    CATEGORY_MISSING = "a complete delivery holds schools, pupils and guardians"
    NO_STUDENT = "no pupil of a school of the delivery"
    OLDER = "older than the last delivery applied"
    SCHOOL_UNKNOWN = "school absent from the delivery, or without a usable UAI"


class NotApplied(Exception):  # noqa: N818 - it is an answer, not a mistake of the program
    """A delivery that was refused whole: nothing is changed."""

    def __init__(self, reason: Hindrance, file: str = "", detail: str = "") -> None:
        self.reason, self.file, self.detail = reason, file, detail
        super().__init__(": ".join(filter(None, (file, str(reason), detail))))


class StopReason(StrEnum):
    """Why the guard wants a person's word."""

    CLASS_EMPTIED = "a whole class would leave: the delivery looks partial"
    MANY_LEAVE = "more pupils than usual would leave"
    OTHER_YEAR = "of another school year than today's"


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing that the guard stops at; `figures` are what the sentence on the screen needs."""

    uai: str
    reason: StopReason
    detail: str
    figures: dict[str, Any] = field(default_factory=dict)


class Stopped(Exception):  # noqa: N818 - as above
    """The guard wants a person's word: nothing is changed. `result` is what would have come of it."""

    def __init__(self, result: "FeedResult") -> None:
        self.result = result
        super().__init__("; ".join(f"{stop.uai}: {stop.reason}: {stop.detail}" for stop in result.stops))


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was left out, or the file that made the whole be refused."""

    file: str
    where: str
    field: str
    reason: str

    @classmethod
    def of_issue(cls, issue: Issue) -> "RefusedLine":
        return cls(issue.file, f"line {issue.line}, {issue.id}", issue.field, issue.words)

    @classmethod
    def of_whole(cls, refusal: Refusal | NotApplied) -> "RefusedLine":
        line = refusal.line if isinstance(refusal, Refusal) else None
        reason = ": ".join(filter(None, (str(refusal.reason), refusal.detail)))
        return cls(refusal.file, f"line {line}" if line else "", "", reason)


@dataclass(slots=True)
class Tally:
    """Accounts by what became of them. `seen` is the sum of the others, but for `left`, whom nobody saw.

    `left`: the closing of the account is now scheduled; `returned`: it is called off. `refused`: lines left out.
    """

    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left: int = 0
    returned: int = 0
    refused: int = 0


@dataclass(slots=True)
class GuardianTally(Tally):
    """Of `seen` persons, those `without_account` are nobody's legal guardian here, or belong to no pupil."""

    without_account: int = 0


@dataclass(slots=True)
class FeedResult:
    """What came of a delivery. `relations` counts each relation of a pupil once, those to nobody as dangling."""

    schools: int = 0
    classes: int = 0
    students: Tally = field(default_factory=Tally)
    guardians: GuardianTally = field(default_factory=GuardianTally)
    relations: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("legal", "in_charge", "contact", "self", "dangling"), 0)
    )
    doubtful: list[Issue] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    differences: dict[str, dict[str, Any]] = field(default_factory=dict)
    elsewhere: int = 0
    of_schools: dict[str, list[Issue | RefusedLine]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, line: Issue, schools: Iterable[str]) -> None:
        """File a line of a report with the schools that it is of: a rejected one is refused, another doubtful."""
        if line.then is Then.REJECTED:
            left_out = RefusedLine.of_issue(line)
            self.refused.append(left_out)
            self._of_schools(left_out, schools)
        else:
            self.doubtful.append(line)
            self._of_schools(line, schools)

    def _of_schools(self, told: "Issue | RefusedLine", schools: Iterable[str]) -> None:
        for uai in schools:
            self.of_schools[uai].append(told)

    def for_school(self, uai: str) -> dict[str, Any]:
        """What a school keeps of it: the counts of the whole, and its own lines, stops and differences alone."""
        lines = self.of_schools[uai]
        return {
            **self.as_dict(),
            "doubtful": [line.as_dict() for line in lines if isinstance(line, Issue)],
            "refused": [asdict(line) for line in lines if isinstance(line, RefusedLine)],
            "stops": [asdict(stop) for stop in self.stops if stop.uai in ("", uai)],
            "differences": self.differences.get(uai, {}),
            "elsewhere": self.elsewhere,
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "schools": self.schools,
            "classes": self.classes,
            "students": asdict(self.students),
            "guardians": asdict(self.guardians),
            "relations": self.relations,
            "doubtful": [line.as_dict() for line in self.doubtful],
            "refused": [asdict(line) for line in self.refused],
        }
