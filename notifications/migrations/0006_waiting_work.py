"""What waits in all schools together, by kind and number: for what watches the console."""

from django.db import migrations

from educonnect_admin.toolkit.operations import definer_function

WAITING = """
    SELECT 'runs_' || s.state, count(r.id)::float8, coalesce(max(extract(epoch FROM now() - r.started_at)), 0)::float8
      FROM (VALUES ('pending'), ('running')) AS s (state) LEFT JOIN run r ON r.state = s.state
       AND r.state IN ('pending', 'running')
     GROUP BY s.state
    UNION ALL
    SELECT 'feeds_' || s.state, count(f.id)::float8, coalesce(max(extract(epoch FROM now() - f.created_at)), 0)::float8
      FROM (VALUES ('waiting'), ('applying')) AS s (state) LEFT JOIN feed f ON f.state = s.state
       AND f.state IN ('waiting', 'applying')
     GROUP BY s.state
    UNION ALL
    SELECT 'payloads_overdue', count(*)::float8, coalesce(max(extract(epoch FROM now() - expires_at)), 0)::float8
      FROM sealed_secret WHERE expires_at < now()
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0005_follow_up"), ("accounts", "0029_heartbeat")]

    operations = [
        definer_function(
            "waiting_work()",
            returns="TABLE (kind text, number double precision, oldest_seconds double precision)",
            language="sql",
            body=WAITING,
        ),
    ]
