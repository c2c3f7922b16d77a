"""What judges found, and what of it is explained."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

EXPLAINED = Path(__file__).parent / "explained.toml"
PLACES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One judge's word: `rule` is its own name for it, `place` a page or a line of a file, `told` its words."""

    judge: str
    rule: str
    place: str
    told: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding is none; of one place alone where `place` is not empty."""

    judge: str
    rule: str
    why: str
    place: str = ""

    def covers(self, finding: Finding) -> bool:
        same = self.judge == finding.judge and finding.rule.startswith(self.rule)
        return same and finding.place.startswith(self.place)


def explanations() -> list[Explanation]:
    return [Explanation(**told) for told in tomllib.loads(EXPLAINED.read_text())["explained"]]


def report(judges: Sequence[str], findings: Iterable[Finding]) -> int:
    """Print a line a judge, then what nothing explains. How many those are."""
    known = explanations()
    explained, left = Counter[str](), list[Finding]()
    for finding in findings:
        if any(explanation.covers(finding) for explanation in known):
            explained[finding.judge] += 1
        else:
            left.append(finding)
    by_judge = Counter(finding.judge for finding in left)
    for judge in judges:
        print(f"{judge}: {by_judge[judge]} left, {explained[judge]} explained")
    places: dict[tuple[str, str], list[Finding]] = {}
    for finding in left:
        places.setdefault((finding.judge, finding.rule), []).append(finding)
    for (judge, rule), found in places.items():
        where = ", ".join(finding.place for finding in found[:PLACES_SHOWN])
        print(f"\n{judge} {rule} ({len(found)}: {where}...)\n    {found[0].told}")
    return len(left)
