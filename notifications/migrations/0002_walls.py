"""Runs under the school's wall; what may see runs across schools; secrets that end with what they open."""

from django.db import migrations

from educonnect_admin.toolkit.operations import (
    DEFINER,
    definer_function,
    grant,
    policy,
    school_policy,
    trigger,
)

STUCK_RUNS = """
    SELECT r.id, r.uai FROM run r
     WHERE r.state IN ('pending', 'running')
       AND coalesce(r.heartbeat_at, r.started_at, r.created_at) < now() - make_interval(secs => p_seconds)
     ORDER BY r.created_at LIMIT 100
"""

DESTROY_EXPIRED = """
    WITH gone AS (DELETE FROM sealed_secret WHERE expires_at < now() RETURNING 1) SELECT count(*)::int FROM gone
"""

DISCARD_DRAFTS = """
    WITH old AS (SELECT id FROM run WHERE state = 'draft' AND created_at < now() - interval '1 day'),
         emptied AS (DELETE FROM run_item WHERE run_id IN (SELECT id FROM old)),
         gone AS (DELETE FROM run WHERE id IN (SELECT id FROM old) RETURNING 1)
    SELECT count(*)::int FROM gone
"""

DROP_SEALED = """
BEGIN
    DELETE FROM sealed_secret WHERE account_id = NEW.id;
    RETURN NULL;
END
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("accounts", "0002_walls")]

    operations = [
        *(grant("SELECT, INSERT, UPDATE, DELETE", table) for table in ("run", "run_item", "sealed_secret")),
        *school_policy("run"),
        *school_policy("run_item"),
        *school_policy("sealed_secret"),
        policy("run", "definer", using="true", role=DEFINER),
        policy("run_item", "definer", using="true", role=DEFINER),
        policy("sealed_secret", "definer", using="true", role=DEFINER),
        grant("SELECT (id, uai, state, heartbeat_at, started_at, created_at), DELETE", "run", DEFINER),
        grant("SELECT (run_id), DELETE", "run_item", DEFINER),
        grant("SELECT (account_id, expires_at), DELETE", "sealed_secret", DEFINER),
        definer_function(
            "list_stuck_runs(p_seconds integer)",
            returns="TABLE (run_id uuid, uai varchar)",
            language="sql",
            body=STUCK_RUNS,
        ),
        definer_function("destroy_expired_payloads()", returns="integer", language="sql", body=DESTROY_EXPIRED),
        definer_function("discard_old_drafts()", returns="integer", language="sql", body=DISCARD_DRAFTS),
        # The plan is kept for the session, and may be made while the table is empty: it must not be to read it whole.
        definer_function(
            "drop_sealed_secret()",
            returns="trigger",
            body=DROP_SEALED,
            callers="SESSION_USER",
            settings="SET enable_seqscan = off",
        ),
        *(
            trigger(
                table,
                "drop_sealed_secret",
                when="AFTER UPDATE OF provisional_hash, state FOR EACH ROW",
                function="drop_sealed_secret",
            )
            for table in ("student", "guardian")
        ),
    ]
