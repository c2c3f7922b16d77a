"""The walls of feeds, what may be taken back, and the ways past a school's scope that deliveries need."""

from typing import Any

from django.db import migrations

from educonnect_admin.toolkit.operations import (
    DEFINER,
    definer_function,
    grant,
    policy,
    school_policy,
    withdrawn,
)

OLD_MATCH = """
    SELECT DISTINCT s.aaf_id::text, s.student_id, s.guardian_id
      FROM source s WHERE s.academy_code = p_academy AND s.aaf_id = ANY (p_aaf_ids)
"""
MATCH_ACCOUNTS = """
    SELECT s.aaf_id::text, s.student_id, s.guardian_id, CASE WHEN s.gone_on IS NULL THEN s.uai END
      FROM source s WHERE s.academy_code = p_academy AND s.aaf_id = ANY (p_aaf_ids)
"""
MATCH_INES = """
    SELECT DISTINCT s.ine, s.birth_date, s.id
      FROM unnest(p_ines, p_births) AS wanted (ine, birth_date)
      JOIN student s ON s.ine = wanted.ine AND s.birth_date = wanted.birth_date
     WHERE wanted.ine <> '' AND s.state <> 'closed'
"""
FEEDS_OF_DELIVERY = "SELECT f.uai FROM feed f WHERE f.delivery = p_delivery"
LIST_WAITING_FEEDS = """
    SELECT f.id, f.uai FROM feed f
     WHERE f.state IN ('waiting', 'applying') AND f.heartbeat_at < now() - make_interval(secs => p_seconds)
"""
FORGET_FEED_FILES = """
    DELETE FROM feed_file x USING feed f
     WHERE f.id = x.feed_id AND (f.state IN ('applied', 'refused', 'dropped', 'taken_back')
                                 OR f.created_at < now() - interval '1 day')
"""
FORGET_FEED_TRACES = """
    DELETE FROM feed_trace x USING feed f
     WHERE f.id = x.feed_id AND (f.state = 'taken_back' OR f.applied_at < now() - interval '8 days')
"""

# Accounts that nobody used yet, with what else a delivery made in the school in scope. Links go after their accounts:
# the keys between them are compared at the end of the transaction.
REMOVE_MADE = """
DECLARE
    moment timestamptz;
    school varchar;
BEGIN
    SELECT f.applied_at, f.uai INTO moment, school FROM feed f
     WHERE f.id = p_feed AND f.uai = current_setting('console.uai', true) AND f.state = 'applied'
       AND f.applied_at > now() - interval '8 days';
    IF moment IS NULL THEN
        RAISE EXCEPTION 'no delivery that may be taken back';
    END IF;
    DELETE FROM student a USING schooling l
     WHERE a.created_at = moment AND a.state = 'not_notified' AND l.student_id = a.id AND l.uai = school;
    DELETE FROM guardian a USING guardianship l
     WHERE a.created_at = moment AND a.state = 'not_notified' AND l.guardian_id = a.id AND l.uai = school;
    DELETE FROM guardianship WHERE uai = school AND created_at = moment;
    DELETE FROM source WHERE uai = school AND created_at = moment;
    DELETE FROM schooling WHERE uai = school AND created_at = moment;
    DELETE FROM classroom WHERE uai = school AND created_at = moment;
END
"""
MADE = {
    "student": "SELECT (created_at, state)",
    "guardian": "SELECT (created_at, state)",
    "guardianship": "SELECT (created_at)",
    "source": "SELECT (created_at)",
    "schooling": "SELECT (created_at)",
    "classroom": "SELECT (uai, created_at)",
}


def match_accounts(returns: str, body: str) -> Any:
    signature = "match_accounts(p_academy integer, p_aaf_ids text[])"
    return definer_function(signature, returns=f"TABLE ({returns})", language="sql", body=body)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_feed_rows")]

    operations = [
        *(operation for table in ("feed", "feed_trace", "feed_file") for operation in school_policy(table)),
        grant("SELECT, INSERT, UPDATE", "feed"),
        grant("SELECT, INSERT", "feed_trace"),
        grant("SELECT, INSERT, DELETE", "feed_file"),
        *(policy(table, "definer", using="true", command="ALL", role=DEFINER) for table in ("feed_file", "feed_trace")),
        policy("feed", "definer", using="true", command="SELECT", role=DEFINER),
        grant("SELECT (id, delivery, uai, state, created_at, heartbeat_at, applied_at)", "feed", DEFINER),
        grant("SELECT (id, feed_id), DELETE", "feed_file", DEFINER),
        grant("SELECT (id, feed_id), DELETE", "feed_trace", DEFINER),
        *(grant(f"{rights}, DELETE", table, DEFINER) for table, rights in MADE.items()),
        *(policy(table, "definer_removes", using="true", command="DELETE", role=DEFINER) for table in MADE),
        policy("classroom", "definer", using="true", command="SELECT", role=DEFINER),
        grant("SELECT (uai, gone_on)", "source", DEFINER),
        grant("SELECT (ine, birth_date, state)", "student", DEFINER),
        withdrawn(match_accounts("aaf_id text, student_id uuid, guardian_id uuid", OLD_MATCH)),
        match_accounts("aaf_id text, student_id uuid, guardian_id uuid, uai varchar", MATCH_ACCOUNTS),
        definer_function(
            "match_ines(p_ines text[], p_births date[])",
            returns="TABLE (ine varchar, birth_date date, student_id uuid)",
            language="sql",
            body=MATCH_INES,
        ),
        definer_function(
            "feeds_of_delivery(p_delivery uuid)",
            returns="TABLE (uai varchar)",
            language="sql",
            body=FEEDS_OF_DELIVERY,
        ),
        definer_function(
            "list_waiting_feeds(p_seconds integer)",
            returns="TABLE (feed_id uuid, uai varchar)",
            language="sql",
            body=LIST_WAITING_FEEDS,
        ),
        definer_function("remove_made(p_feed uuid)", returns="void", body=REMOVE_MADE),
        definer_function("forget_feed_files()", returns="void", language="sql", body=FORGET_FEED_FILES),
        definer_function("forget_feed_traces()", returns="void", language="sql", body=FORGET_FEED_TRACES),
    ]
