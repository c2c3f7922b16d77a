"""The fourth wall, the journal's, and the closed list of ways past the school's scope."""

from django.db import migrations

from educonnect_admin.toolkit.operations import (
    DEFINER,
    IN_SCOPE,
    JOURNAL,
    SCOPE,
    definer_function,
    grant,
    policy,
    protect,
    school_policy,
    trigger,
)


def through(link: str, account: str, extra: str = "") -> list:
    """An account has no school of its own: a school sees it through its link row, and any school may bring one in."""
    held = f"link.{account}_id = {account}.id AND link.{IN_SCOPE}{extra}"
    seen = f"EXISTS (SELECT 1 FROM {link} link WHERE {held})"
    return [
        protect(account),
        policy(account, "school_reads", using=seen, command="SELECT"),
        policy(account, "school_updates", using=seen, command="UPDATE"),
        policy(account, "school_brings_in", check=f"{SCOPE} <> ''", command="INSERT"),
        policy(account, "definer", using="true", command="SELECT", role=DEFINER),
    ]


FIND_ACCOUNT = """
    SELECT 'students', s.id,
           (SELECT l.uai FROM schooling l WHERE l.student_id = s.id ORDER BY l.left_on NULLS FIRST, l.uai LIMIT 1)
      FROM student s WHERE s.username = p_username
    UNION ALL
    SELECT 'guardians', g.id, (SELECT l.uai FROM guardianship l WHERE l.guardian_id = g.id ORDER BY l.uai LIMIT 1)
      FROM guardian g WHERE g.username = p_username
"""

RESERVE_USERNAMES = """
    WITH wanted AS (SELECT h, count(*)::int AS n FROM unnest(p_roots) AS h GROUP BY h),
         counted AS (
            INSERT INTO username_counter AS c (root_hash, given)
            SELECT h, n FROM wanted ORDER BY h
            ON CONFLICT (root_hash) DO UPDATE SET given = c.given + EXCLUDED.given
            RETURNING c.root_hash, c.given)
    SELECT counted.root_hash, counted.given - wanted.n + 1
      FROM counted JOIN wanted ON wanted.h = counted.root_hash
"""

MATCH_ACCOUNTS = """
    SELECT DISTINCT s.aaf_id::text, s.student_id, s.guardian_id
      FROM source s WHERE s.academy_code = p_academy AND s.aaf_id = ANY (p_aaf_ids)
"""

JOURNAL_WRITE = """
DECLARE
    head journal_head;
    moment timestamptz := clock_timestamp();
    entry_hash bytea;
BEGIN
    IF p_uai <> '-' AND p_uai IS DISTINCT FROM current_setting('console.uai', true) THEN
        RAISE EXCEPTION 'the journal of % is written in its own scope only', p_uai;
    END IF;
    INSERT INTO journal_head (uai, sequence, hash) VALUES (p_uai, 0, '') ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM journal_head WHERE uai = p_uai FOR UPDATE;
    head.sequence := head.sequence + 1;
    entry_hash := sha256(head.hash || convert_to(concat_ws(E'\\x1f',
        p_uai, head.sequence, (extract(epoch FROM moment) * 1000000)::bigint, p_event, coalesce(p_staff::text, ''),
        coalesce(p_mandate::text, ''), coalesce(p_target::text, ''), coalesce(p_count::text, ''), p_address,
        coalesce(p_request::text, ''), p_detail), 'UTF8'));
    INSERT INTO journal_entry (uai, sequence, at, event, staff_id, mandate_id, target, count, address, request_id,
                               detail, previous_hash, hash)
    VALUES (p_uai, head.sequence, moment, p_event, p_staff, p_mandate, p_target, p_count, p_address, p_request,
            p_detail, head.hash, entry_hash);
    UPDATE journal_head SET sequence = head.sequence, hash = entry_hash WHERE uai = p_uai;
    RETURN head.sequence;
END
"""

APPEND_ONLY = """
BEGIN
    RAISE EXCEPTION 'the journal is append-only';
END
"""

NO_SCHOOL_TABLES = {
    "staff": "SELECT, INSERT, UPDATE",
    "mandate": "SELECT, INSERT, UPDATE",
    "mandate_classroom": "SELECT, INSERT, DELETE",
    "school": "SELECT, INSERT, UPDATE",
    "mef": "SELECT, INSERT, UPDATE",
    "otp_key": "SELECT, INSERT, UPDATE, DELETE",
    "sign_in_try": "SELECT, INSERT, DELETE",
    "known_address": "SELECT, INSERT, UPDATE, DELETE",
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "auth_group": "SELECT",
    "auth_permission": "SELECT",
    "auth_group_permissions": "SELECT",
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
}
SCHOOL_TABLES = {
    "classroom": "SELECT, INSERT, UPDATE",
    "student": "SELECT, INSERT, UPDATE",
    "guardian": "SELECT, INSERT, UPDATE",
    "schooling": "SELECT, INSERT, UPDATE",
    "guardianship": "SELECT, INSERT, UPDATE, DELETE",
    "source": "SELECT, INSERT, UPDATE, DELETE",
    "journal_entry": "SELECT",
    "journal_head": "SELECT",
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        *(grant(rights, table) for table, rights in {**NO_SCHOOL_TABLES, **SCHOOL_TABLES}.items()),
        *school_policy("classroom"),
        *school_policy("schooling"),
        *school_policy("guardianship"),
        *school_policy("source"),
        # A pupil who has left for another school is that school's alone.
        *through("schooling", "student", " AND (link.left_on IS NULL OR student.closing_on IS NOT NULL)"),
        *through("guardianship", "guardian"),
        # The closed list of ways past a school's scope.
        *(
            policy(t, "definer", using="true", command="SELECT", role=DEFINER)
            for t in ("schooling", "guardianship", "source")
        ),
        grant("SELECT (id, username)", "student", DEFINER),
        grant("SELECT (id, username)", "guardian", DEFINER),
        grant("SELECT (student_id, uai, left_on)", "schooling", DEFINER),
        grant("SELECT (guardian_id, uai)", "guardianship", DEFINER),
        grant("SELECT (student_id, guardian_id, academy_code, aaf_id)", "source", DEFINER),
        grant("SELECT, INSERT, UPDATE", "username_counter", DEFINER),
        definer_function(
            "find_account(p_username text)",
            returns="TABLE (population text, account_id uuid, uai varchar)",
            language="sql",
            body=FIND_ACCOUNT,
        ),
        definer_function(
            "reserve_usernames(p_roots bytea[])",
            returns="TABLE (root_hash bytea, first_number integer)",
            language="sql",
            body=RESERVE_USERNAMES,
        ),
        definer_function(
            "match_accounts(p_academy integer, p_aaf_ids text[])",
            returns="TABLE (aaf_id text, student_id uuid, guardian_id uuid)",
            language="sql",
            body=MATCH_ACCOUNTS,
        ),
        # The journal: read in scope, written by one function, never changed.
        protect("journal_entry"),
        policy("journal_entry", "school_reads", using=IN_SCOPE, command="SELECT"),
        policy("journal_entry", "journal", using="true", check="true", role=JOURNAL),
        protect("journal_head"),
        policy("journal_head", "school_reads", using=IN_SCOPE, command="SELECT"),
        policy("journal_head", "journal", using="true", check="true", role=JOURNAL),
        grant("SELECT, INSERT", "journal_entry", JOURNAL),
        grant("SELECT, INSERT, UPDATE", "journal_head", JOURNAL),
        definer_function(
            "journal_write(p_uai varchar, p_event varchar, p_staff bigint, p_mandate bigint, p_target uuid,"
            " p_count integer, p_address varchar, p_request uuid, p_detail varchar)",
            returns="bigint",
            body=JOURNAL_WRITE,
            owner=JOURNAL,
        ),
        definer_function(
            "journal_is_append_only()",
            returns="trigger",
            body=APPEND_ONLY,
            owner=JOURNAL,
            callers="SESSION_USER",
        ),
        trigger(
            "journal_entry",
            "append_only",
            when="BEFORE UPDATE OR DELETE OR TRUNCATE FOR EACH STATEMENT",
            function="journal_is_append_only",
        ),
    ]
