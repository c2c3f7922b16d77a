"""What a school sets for its letters, under its wall."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant, school_policy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_dispute_walls"),
        ("notifications", "0003_guardians_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letterhead",
            fields=[
                (
                    "school",
                    models.OneToOneField(
                        db_column="uai",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="accounts.school",
                    ),
                ),
                ("header", models.CharField(blank=True, max_length=80)),
                ("sender", models.CharField(blank=True, max_length=160)),
                ("contact", models.CharField(blank=True, max_length=100)),
                ("paragraph", models.CharField(blank=True, max_length=300)),
                ("logo", models.BinaryField(null=True)),
                ("logo_kind", models.CharField(blank=True, max_length=3)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "letterhead",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("logo__isnull", True), ("logo_kind", "")),
                            models.Q(("logo__isnull", False), ("logo_kind__in", ("png", "svg"))),
                            _connector="OR",
                        ),
                        name="letterhead_logo_has_its_kind",
                    )
                ],
            },
        ),
        *school_policy("letterhead"),
        grant("SELECT, INSERT, UPDATE", "letterhead"),
    ]
