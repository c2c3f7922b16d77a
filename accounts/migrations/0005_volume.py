"""What is counted against the hour's caps, under the school's wall."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant, school_policy

KINDS = {
    "persons": "pages de personnes ouvertes",
    "accounts": "comptes mis dans des opérations",
    "exports": "exports avec mots de passe",
    "reveals": "mots de passe affichés",
    "searches": "recherches",
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_delegations")]

    operations = [
        migrations.CreateModel(
            name="HourlyVolume",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=list(KINDS.items()), max_length=8)),
                ("began_at", models.DateTimeField()),
                ("amount", models.PositiveIntegerField(default=0)),
                ("is_near_cap", models.BooleanField(default=False)),
                ("is_at_cap", models.BooleanField(default=False)),
                ("warned_at", models.DateTimeField(null=True)),
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
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="volumes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "volume",
                "constraints": [
                    models.UniqueConstraint(fields=("school", "staff", "kind"), name="volume_once_a_person_and_kind"),
                    models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="volume_kind_is_known"),
                ],
            },
        ),
        grant("SELECT, INSERT, UPDATE", "volume"),
        *school_policy("volume"),
    ]
