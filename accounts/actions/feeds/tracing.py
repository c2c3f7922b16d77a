"""What rows were before a delivery changed them: enough to show it, and to take it back.

Rows that a delivery makes need no trace: they bear its moment (`created_at`). Of accounts only what feeds write is
kept; a password or its hash never is.
"""

COLUMNS = {
    "student": ("first_name", "last_name", "family_name", "birth_date", "ine", "email", "closing_on"),
    "guardian": (
        "first_name",
        "last_name",
        "family_name",
        "title",
        "email",
        "mobile",
        "address",
        "sort_key",
        "closing_on",
        "username",
    ),
    "schooling": ("student_id", "classroom_id", "mef_id", "sort_key", "search_key", "left_on"),
    "guardianship": ("student_id", "guardian_id", "relation", "link", "rank", "disputed_at", "created_at"),
    "source": (
        "student_id",
        "guardian_id",
        "academy_code",
        "academy_name",
        "aaf_id",
        "local_id",
        "read_on",
        "gone_on",
    ),
    "classroom": ("code", "sort_key", "source_id"),
}
"""Each table's columns that a delivery may write."""


def trace(table: str, rows: str) -> str:
    """A part of a WITH: keeps what the rows of the part `rows` were, the first time only."""
    pairs = ", ".join(f"'{column}', r.{column}" for column in COLUMNS[table])
    return f"""traced_{table} AS (
        INSERT INTO feed_trace (id, feed_id, uai, relation, row_id, before)
        SELECT gen_random_uuid(), %(feed)s, %(uai)s, '{table}', r.id, jsonb_build_object({pairs}) FROM {rows} r
            ON CONFLICT (feed_id, relation, row_id) DO NOTHING)"""  # noqa: S608  # names of this module
