"""How schools type what has one meaning and many spellings."""

from random import Random

SPELLINGS = ("{} {} {} {} {}", "{}.{}.{}.{}.{}", "{}{}{}{}{}", "{}-{}-{}-{}-{}", "{} {} {} {} {} ")


def telephone(number: str, rng: Random) -> str:
    """A number of ten digits, "06 39 98 12 34", as somebody typed it; nothing stays nothing."""
    return rng.choice(SPELLINGS).format(*number.split()) if number else ""
