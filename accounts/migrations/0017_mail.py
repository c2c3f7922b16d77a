"""Mails that are still to go: kept by the base, so that a broker or a mail server that is away loses none."""

import uuid

import django.utils.timezone
from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_sessions")]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("about", models.JSONField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "db_table": "mail",
                "indexes": [models.Index(fields=["due_at"], name="mail_by_due_moment")],
            },
        ),
        grant("SELECT, INSERT, UPDATE, DELETE", "mail"),
    ]
