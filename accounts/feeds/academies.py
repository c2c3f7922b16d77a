"""Académies: their code (compared as an integer: "13" and "013" are one) and the départements of each."""

ACADEMIES = {
    1: ("Paris", "075"),
    2: ("Aix-Marseille", "004 005 013 084"),
    3: ("Besançon", "025 039 070 090"),
    4: ("Bordeaux", "024 033 040 047 064"),
    5: ("Caen", ""),
    6: ("Clermont-Ferrand", "003 015 043 063"),
    7: ("Dijon", "021 058 071 089"),
    8: ("Grenoble", "007 026 038 073 074"),
    9: ("Lille", "059 062"),
    10: ("Lyon", "001 042 069"),
    11: ("Montpellier", "011 030 034 048 066"),
    12: ("Nancy-Metz", "054 055 057 088"),
    13: ("Poitiers", "016 017 079 086"),
    14: ("Rennes", "022 029 035 056"),
    15: ("Strasbourg", "067 068"),
    16: ("Toulouse", "009 012 031 032 046 065 081 082"),
    17: ("Nantes", "044 049 053 072 085"),
    18: ("Orléans-Tours", "018 028 036 037 041 045"),
    19: ("Reims", "008 010 051 052"),
    20: ("Amiens", "002 060 080"),
    21: ("Rouen", ""),
    22: ("Limoges", "019 023 087"),
    23: ("Nice", "006 083"),
    24: ("Créteil", "077 093 094"),
    25: ("Versailles", "078 091 092 095"),
    27: ("Corse", "620 720"),
    28: ("La Réunion", "974"),
    31: ("Martinique", "972"),
    32: ("Guadeloupe", "971"),
    33: ("Guyane", "973"),
    43: ("Mayotte", "976"),
    70: ("Normandie", "014 027 050 061 076"),
}
"""Code: name, and the départements as a UAI begins with them. Normandie joined Caen and Rouen in 2020."""

BY_DEPARTMENT = {department: code for code, (_, departments) in ACADEMIES.items() for department in departments.split()}


def academy_code(text: str) -> int | None:
    """The code as an integer, None where the text is not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def academy_name(code: int | None) -> str:
    """The name, empty for an unknown code."""
    return ACADEMIES[code][0] if code in ACADEMIES else ""


def academy_of(uai: str) -> int | None:
    """The académie of a school, by the département that its UAI begins with."""
    return BY_DEPARTMENT.get(uai[:3])
