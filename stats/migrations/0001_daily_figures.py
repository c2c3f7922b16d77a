"""The figures of each day, under the school's wall."""

import django.db.models.deletion
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant, school_policy

KINDS = {"students": "élèves", "guardians": "responsables"}
COUNTS = ("not_notified", "notified", "activating", "expired", "activated", "blocked", "notifications")


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0005_volume")]

    operations = [
        migrations.CreateModel(
            name="DailyFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("population", models.CharField(choices=list(KINDS.items()), max_length=10)),
                *((name, models.PositiveIntegerField(default=0)) for name in COUNTS),
                (
                    "classroom",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="accounts.classroom",
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
                "db_table": "daily_figure",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("school", "population", "classroom", "day"),
                        name="daily_figure_once_a_day",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(population__in=list(KINDS)), name="daily_figure_population_is_known"
                    ),
                ],
            },
        ),
        grant("SELECT, INSERT", "daily_figure"),
        *school_policy("daily_figure"),
    ]
