"""What a school sets for its own letters."""

from django.db import models
from django.utils import timezone

from accounts.models import School


class Letterhead(models.Model):
    """Lines are separated by line feeds. What is empty is as the directory of schools has it, or is not printed."""

    school = models.OneToOneField(School, models.CASCADE, primary_key=True, db_column="uai")
    header = models.CharField(max_length=80, blank=True)
    sender = models.CharField(max_length=160, blank=True)
    """The first line in place of the school's name, the others in place of its address."""
    contact = models.CharField(max_length=100, blank=True)
    paragraph = models.CharField(max_length=300, blank=True)
    logo = models.BinaryField(null=True)
    """As `rendering.logo.clean_logo` made it anew."""
    logo_kind = models.CharField(max_length=3, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "letterhead"
        constraints = [
            models.CheckConstraint(
                name="letterhead_logo_has_its_kind",
                condition=models.Q(logo__isnull=True, logo_kind="")
                | models.Q(logo__isnull=False, logo_kind__in=("png", "svg")),
            )
        ]

    def __str__(self) -> str:
        return self.school_id

    @property
    def logo_kept(self) -> tuple[str, bytes] | None:
        return (self.logo_kind, bytes(self.logo)) if self.logo else None
