"""That beat and a worker live, as the base has it."""

from django.db import models


class Heartbeat(models.Model):
    """When a worker last did what beat asks of it every 15 seconds. One row; nobody's data."""

    name = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()

    class Meta:
        db_table = "heartbeat"

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
