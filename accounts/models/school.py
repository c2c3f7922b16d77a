"""Schools, their classes, and the national training codes."""

import uuid
from ipaddress import ip_network
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from educonnect_admin.toolkit.network import Network


class School(models.Model):
    """An établissement. Its UAI is 7 digits and a key letter; a wrong letter is warned of, never refused.

    varchar, never char(n): a `char` column compared with a setting is cast, which loses the index.
    """

    uai = models.CharField(primary_key=True, max_length=8)
    name = models.CharField(max_length=200)
    academy_code = models.PositiveSmallIntegerField(null=True)
    academy_name = models.CharField(max_length=60, blank=True)
    aaf_id = models.CharField(max_length=30, blank=True, default="", db_default="")
    address = models.CharField(max_length=300, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=60, default="Europe/Paris")
    wants_otp_of_teachers = models.BooleanField(default=False)
    admin_networks = ArrayField(models.CharField(max_length=43), default=list)
    """Of its own, beside those of the settings: CIDR blocks, IPv4 or IPv6."""
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "school"
        constraints = [
            models.CheckConstraint(name="school_uai_is_eight_signs", condition=models.Q(uai__regex=r"^[0-9]{7}[A-Z]$")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.uai})"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def networks(self) -> tuple[Network, ...]:
        return tuple(ip_network(block) for block in self.admin_networks)


class Mef(models.Model):
    """A national training code (11 signs, letters happen) and its short label."""

    code = models.CharField(primary_key=True, max_length=11)
    label = models.CharField(max_length=60)

    class Meta:
        db_table = "mef"

    def __str__(self) -> str:
        return self.label


class Classroom(models.Model):
    """A school's class (division). `sort_key` orders 6A before 6B before 10A.

    `source_id` is what a feed knows it by where its name may change (AAF 1D, ONDE); empty where the name does.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, models.CASCADE, db_column="uai", db_index=False)
    code = models.CharField(max_length=40)
    sort_key = models.CharField(max_length=80)
    has_readable_passwords = models.BooleanField(default=False)
    """Of young pupils: their provisional passwords are of the readable kind."""
    source_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "classroom"
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="classroom_once_a_school")]
        indexes = [models.Index(fields=["school", "sort_key"], name="classroom_in_order")]

    def __str__(self) -> str:
        return self.code
