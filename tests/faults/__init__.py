"""Faults: real processes killed or cut while people work, then every account looked at."""
