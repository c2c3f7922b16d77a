"""Changes: functions, atomic, keyword-only, `actor` first. No request, form, Celery or HTML in here."""
