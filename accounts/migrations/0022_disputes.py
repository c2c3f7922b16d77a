"""What guardians say against a tie; and whether a tie gives anything, computed where it is written."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_guardians_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="guardianship",
            name="in_force",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Q(("disputed_at__isnull", True), ("relation", "legal")),  # type: ignore[arg-type]
                output_field=models.BooleanField(),
            ),
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("raised_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("corrected", "La base source a été corrigée"), ("right", "Le lien est exact")],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "guardian",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="accounts.guardian"
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
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="accounts.student"
                    ),
                ),
            ],
            options={
                "db_table": "dispute",
                "indexes": [models.Index(fields=["school", "-raised_at"], name="dispute_by_school")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at__isnull", True)),
                            models.Q(("outcome__in", ["corrected", "right"]), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="dispute_settled_has_outcome",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "")),
                        fields=("school", "student", "guardian"),
                        name="dispute_once_open",
                    ),
                ],
            },
        ),
    ]
