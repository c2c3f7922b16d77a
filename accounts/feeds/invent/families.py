"""The invented families of one school."""

from collections.abc import Iterator
from datetime import date
from random import Random

from accounts.feeds.invent.people import FIRST_INE, LAST_INE, Family, Inventor
from accounts.feeds.invent.schools import FIRST_SCHOOL_ID, SchoolPlan, seats


def check_numbers(pupils: int) -> None:
    """Raises ValueError for more pupils than the series 990 has numbers (some 400,000)."""
    if pupils > LAST_INE - FIRST_INE + 1:
        raise ValueError("more pupils than invented INE")


def families_of(plan: SchoolPlan, day: date, rng: Random) -> Iterator[Family]:
    """Families until every seat of the school is taken. Raises ValueError as `check_numbers`."""
    check_numbers(plan.pupils)
    places = seats(str(FIRST_SCHOOL_ID), plan)
    rng.shuffle(places)
    return Inventor(rng, day).families_for([places])
