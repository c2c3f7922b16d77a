"""Kinship and legal standing: the two generations of the national table N_LIEN_ELEVE_RESPONSABLE.

Field 2 of a relation is the link's code, field 4 its level, and the level *changed meaning* with the code's
generation:

* one character (until 2018): level 1 and 2 are both legal guardians, 0 is a contact;
* two characters (since): level 1 is a legal guardian (two persons may carry it), 2 a person in charge, who is
  **not** a legal guardian, anything else a contact.

So the standing is decided relation by relation, by the length of the code.
"""

from enum import StrEnum


class Link(StrEnum):
    """Kinship, by the codes of the generation in force."""

    MOTHER = "10"
    FATHER = "20"
    SIBLING = "37"
    ASCENDANT = "38"
    RELATIVE = "39"
    EDUCATOR = "41"
    FOSTER_CARER = "42"
    CHILDMINDER = "43"
    TUTOR = "50"
    CHILD_WELFARE = "51"
    SELF = "70"
    OTHER = "90"


OLD_CODES = {
    "1": Link.FATHER,
    "2": Link.MOTHER,
    "3": Link.TUTOR,
    "4": Link.RELATIVE,
    "5": Link.CHILD_WELFARE,
    "6": Link.OTHER,
    "7": Link.SELF,
}

KNOWN_CODES: dict[str, Link] = {**OLD_CODES, **{link.value: link for link in Link}}


class Relation(StrEnum):
    """What a person is to a pupil, in law. The pupil himself stands apart: he gets no second account.

    The values are those of `accounts.enums.Relation`, which the models store and the screens label. There are two
    because the readers of feeds know no Django; a test holds them equal.
    """

    LEGAL = "legal"
    IN_CHARGE = "in_charge"
    CONTACT = "contact"
    SELF = "self"


STRENGTH = {Relation.CONTACT: 0, Relation.IN_CHARGE: 1, Relation.LEGAL: 2, Relation.SELF: 3}
"""Of two relations of one pupil to one person the stronger stays."""


def is_old(code: str) -> bool:
    return len(code) == 1


def link_of(code: str) -> Link | None:
    """The kinship of a code of either generation; None for an unknown one, which is kept as "other link"."""
    return KNOWN_CODES.get(code)


def relation_of(code: str, level: str) -> Relation:
    """The standing that a code and a level give together, by the rule of this module."""
    if link_of(code) is Link.SELF:
        return Relation.SELF
    if level == "1" or (level == "2" and is_old(code)):
        return Relation.LEGAL
    if level == "2":
        return Relation.IN_CHARGE
    return Relation.CONTACT
