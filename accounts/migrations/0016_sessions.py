"""Sessions with the person they are of, in place of Django’s: those open now end."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_security_keys")]

    operations = [
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "staff",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "staff_session",
                "abstract": False,
            },
        ),
        grant("SELECT, INSERT, UPDATE, DELETE", "staff_session"),
    ]
