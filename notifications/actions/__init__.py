"""Changes to runs: functions, atomic, keyword-only, `actor` first."""
