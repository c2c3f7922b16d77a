"""The journal: who did what, when, under which mandate. Append-only, and chained a school.

Only one role may append to the table, and nobody signs in with it. The application may read its school's entries, and
writes through that role's function `journal_write`, which locks the school's head row, hashes the entry with the one
before it and appends.
"""

from django.db import models

from accounts.querysets import JournalQuerySet

NO_SCHOOL = "-"
"""The chain of what happens outside any school: sign-ins, refusals. (An empty scope sees nothing.)"""


class JournalEntry(models.Model):
    """One line: never a name, never a secret; people by their ids."""

    uai = models.CharField(max_length=8)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    staff_id = models.BigIntegerField(null=True)
    mandate_id = models.BigIntegerField(null=True)
    target = models.UUIDField(null=True)
    count = models.IntegerField(null=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.UUIDField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    objects = JournalQuerySet.as_manager()

    class Meta:
        db_table = "journal_entry"
        constraints = [models.UniqueConstraint(fields=["uai", "sequence"], name="journal_entry_once")]
        indexes = [
            models.Index(fields=["uai", "target", "sequence"], name="journal_entry_by_target"),
            models.Index(fields=["uai", "staff_id", "sequence"], name="journal_entry_by_person"),
            models.Index(fields=["uai", "event", "sequence"], name="journal_entry_by_event"),
            models.Index(fields=["uai", "at"], name="journal_entry_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.uai} {self.sequence} {self.event}"


class JournalHead(models.Model):
    """The last entry of a school's chain; its lock puts the school's entries in one order."""

    uai = models.CharField(primary_key=True, max_length=8)
    sequence = models.BigIntegerField(default=0)
    hash = models.BinaryField(default=b"")

    class Meta:
        db_table = "journal_head"

    def __str__(self) -> str:
        return f"{self.uai} {self.sequence}"


class JournalCheckpoint(models.Model):
    """The last entry of a chain that was purged with all before it, sealed with a key that the base does not hold."""

    uai = models.CharField(max_length=8)
    sequence = models.BigIntegerField()
    hash = models.BinaryField()
    made_at = models.DateTimeField()
    seal = models.BinaryField(max_length=33)

    class Meta:
        db_table = "journal_checkpoint"
        constraints = [models.UniqueConstraint(fields=["uai", "sequence"], name="journal_checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.uai} {self.sequence}"
