"""Recovery codes: a sheet a person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0013_feed_walls")]

    operations = [
        migrations.CreateModel(
            name="RecoverySheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The human-readable name of this device.", max_length=64)),
                ("confirmed", models.BooleanField(default=True, help_text="Is this device ready for use?")),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failures_today", models.PositiveSmallIntegerField(default=0)),
                ("day_began_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("kept_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        help_text="The user that this device belongs to.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "recovery_sheet",
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code_hash", models.BinaryField(max_length=33)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="codes", to="accounts.recoverysheet"
                    ),
                ),
            ],
            options={
                "db_table": "recovery_code",
            },
        ),
        migrations.AddConstraint(
            model_name="recoverysheet",
            constraint=models.UniqueConstraint(fields=("user",), name="recovery_sheet_once_a_person"),
        ),
        grant("SELECT, INSERT, UPDATE, DELETE", "recovery_sheet"),
        grant("SELECT, INSERT, UPDATE, DELETE", "recovery_code"),
    ]
