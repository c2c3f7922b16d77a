"""Invented deliveries of AAF 2D, SIECLE and ONDE: for the demo, the tests and the benchmarks. Nothing is anybody's.

Names are those of stars, rivers and trees; mobiles 06 39 98 xx xx and landlines 03 53 01 xx xx are numbers reserved for
fiction; mail is at example.org and example.net; INE are of the series 990. The same seed writes the same bytes.
"""

from accounts.feeds.invent.changes import Changes, write_delta
from accounts.feeds.invent.delivery import Written, write_delivery
from accounts.feeds.invent.onde import write_onde
from accounts.feeds.invent.schools import SchoolKind, SchoolPlan
from accounts.feeds.invent.siecle import write_siecle

__all__ = [
    "Changes",
    "SchoolKind",
    "SchoolPlan",
    "Written",
    "write_delivery",
    "write_delta",
    "write_onde",
    "write_siecle",
]
