"""Applying what feeds say: a delivery's records become schools, classes, accounts and ties.

The way in is `apply_delivery`. A delivery is first staged in temporary tables of the transaction, then applied school
by school in that school's scope, by statements over many rows. Nothing is kept in Python that grows with the files,
but the identifiers of guardians.
"""

from accounts.actions.feeds.apply import apply_delivery
from accounts.actions.feeds.result import FeedResult, NotApplied, Tally

__all__ = ["FeedResult", "NotApplied", "Tally", "apply_delivery"]
