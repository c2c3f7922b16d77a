"""Levels of the primary school, which feeds of the first degree give in the place of training codes."""

LEVELS = {
    "CP": "00110002110",
    "CE1": "00210002210",
    "CE2": "00210002220",
    "CM1": "00310002210",
    "CM2": "00310002220",
}
"""Training codes that stand for the levels of the primary school (formats.md 6.3)."""
