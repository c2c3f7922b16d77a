"""Security keys and passkeys."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_recovery")]

    operations = [
        migrations.CreateModel(
            name="SecurityKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The human-readable name of this device.", max_length=64)),
                ("confirmed", models.BooleanField(default=True, help_text="Is this device ready for use?")),
                ("credential_id", models.BinaryField(max_length=1023)),
                ("public_key", models.BinaryField(max_length=2048)),
                ("sign_count", models.BigIntegerField(default=0)),
                ("spent_challenge", models.BinaryField(default=b"", max_length=64)),
                ("transports", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("last_used_at", models.DateTimeField(null=True)),
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
                "db_table": "security_key",
            },
        ),
        migrations.AddConstraint(
            model_name="securitykey",
            constraint=models.UniqueConstraint(fields=("credential_id",), name="security_key_once"),
        ),
        grant("SELECT, INSERT, UPDATE, DELETE", "security_key"),
    ]
