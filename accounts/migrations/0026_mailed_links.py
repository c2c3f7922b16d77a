"""Links by mail in place of letters, under the wall of their school."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant, school_policy


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0025_double_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailedLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("run", models.UUIDField()),
                ("mail", models.UUIDField(unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "En attente"),
                            ("sent", "Envoyé"),
                            ("used", "Lien ouvert"),
                            ("failed", "Non distribué"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=100)),
                ("link_hash", models.BinaryField(max_length=33, null=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "guardian",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mailed_links",
                        to="accounts.guardian",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_column="uai",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.school",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mailed_links",
                        to="accounts.student",
                    ),
                ),
            ],
            options={
                "db_table": "mailed_link",
                "indexes": [models.Index(fields=["run"], name="mailed_link_by_run")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("guardian__isnull", True), ("student__isnull", False)),
                            models.Q(("guardian__isnull", False), ("student__isnull", True)),
                            _connector="OR",
                        ),
                        name="mailed_link_is_of_one_account",
                    )
                ],
            },
        ),
        *school_policy("mailed_link"),
        grant("SELECT, INSERT, UPDATE", "mailed_link"),
    ]
