"""What the base says of the console as a whole, for what watches it: numbers and ages, of no school."""

from collections.abc import Iterator

from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

WAITING = """
    SELECT kind, number, oldest_seconds FROM waiting_work()
    UNION ALL
    SELECT 'mails', count(*)::float8, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 FROM mail
"""
BEAT = "SELECT extract(epoch FROM now() - at)::float8 FROM heartbeat WHERE name = 'beat'"
JOURNAL = "SELECT greatest(reltuples, 0)::float8 FROM pg_class WHERE oid = 'journal_entry'::regclass"


class BaseFigures(Collector):
    """Asked each time the figures are read. A base that is away is a figure too, never an error."""

    def describe(self) -> list[Metric]:
        """Nothing: else the base would be asked as the program starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            yield from _asked()
            is_up = 1
        except DatabaseError:
            is_up = 0
        finally:
            connection.close()
        yield GaugeMetricFamily("console_base_up", "Whether the base answered just now.", value=is_up)


def _asked() -> list[Metric]:
    number = GaugeMetricFamily("console_waiting", "Runs, feeds, mails that wait or are at work.", labels=["kind"])
    oldest = GaugeMetricFamily("console_waiting_oldest_seconds", "Age of the oldest of these.", labels=["kind"])
    beat = GaugeMetricFamily("console_beat_age_seconds", "Since a worker last did what beat asks every 15 seconds.")
    journal = GaugeMetricFamily("console_journal_length", "Entries kept, as PostgreSQL last estimated.")
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        for kind, count, seconds in cursor.fetchall():
            number.add_metric([kind], count)
            oldest.add_metric([kind], seconds)
        for family, statement in ((beat, BEAT), (journal, JOURNAL)):
            cursor.execute(statement)
            for (value,) in cursor.fetchall():
                family.add_metric([], value)
    return [number, oldest, beat, journal]
