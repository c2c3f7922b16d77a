"""Applying what feeds say: a delivery's records become schools, classes, accounts and ties.

The way in is `apply_delivery`, and `take_back` the way out. A delivery is first staged in temporary tables of the
transaction, then applied school by school in that school's scope, by statements over many rows. Nothing is kept in
Python that grows with the files, but the identifiers of guardians.
"""

from accounts.actions.feeds.apply import Plan, apply_delivery
from accounts.actions.feeds.result import FeedResult, NotApplied, Stop, Stopped, StopReason, Tally
from accounts.actions.feeds.undo import NotTakenBack, Obstacle, take_back

__all__ = [
    "FeedResult",
    "NotApplied",
    "NotTakenBack",
    "Obstacle",
    "Plan",
    "Stop",
    "StopReason",
    "Stopped",
    "Tally",
    "apply_delivery",
    "take_back",
]
