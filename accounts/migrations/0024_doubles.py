"""Pairs of accounts that may be one person's, merges, and ties that a merge has set aside."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_dispute_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="merged_at",
            field=models.DateTimeField(null=True),
        ),
        # PostgreSQL computes a column anew only where it is made anew.
        migrations.RemoveField(model_name="guardianship", name="in_force"),
        migrations.AddField(
            model_name="guardianship",
            name="in_force",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Q(  # type: ignore[arg-type]
                    ("disputed_at__isnull", True), ("merged_at__isnull", True), ("relation", "legal")
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.CreateModel(
            name="Double",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("distinct", "Ce ne sont pas les mêmes"), ("handed", "Remis à la famille")],
                        max_length=8,
                    ),
                ),
                ("said_at", models.DateTimeField()),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.guardian"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "two",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.guardian"
                    ),
                ),
            ],
            options={
                "db_table": "guardian_double",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("one__lt", models.F("two"))), name="double_in_order"),
                    models.UniqueConstraint(fields=("school", "one", "two"), name="double_once_a_school"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "state_before",
                    models.CharField(
                        choices=[
                            ("not_notified", "Non notifié"),
                            ("notified", "Notifié"),
                            ("activating", "En cours d’activation"),
                            ("activated", "Activé"),
                            ("blocked", "Bloqué"),
                            ("closed", "Fermé"),
                        ],
                        max_length=12,
                    ),
                ),
                ("trace", models.JSONField()),
                ("merged_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "ended",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.guardian"
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.guardian"
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
            ],
            options={
                "db_table": "guardian_merge",
                "indexes": [models.Index(fields=["school", "-merged_at"], name="merge_by_school")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("ended")), _negated=True), name="merge_of_two"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)), fields=("ended",), name="merge_ends_once"
                    ),
                ],
            },
        ),
    ]
