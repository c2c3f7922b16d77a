"""The services that accounts sign in to; and what a holder's role reads to tell them a level."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from educonnect_admin.toolkit.operations import HOLDER, grant


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="OidcClient",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("client_id", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("secret_digest", models.BinaryField(max_length=32)),
                (
                    "redirect_uris",
                    django.contrib.postgres.fields.ArrayField(base_field=models.URLField(max_length=300), size=None),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                ("subject_salt", models.BinaryField(max_length=32)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "oidc_client",
            },
        ),
        migrations.CreateModel(
            name="OidcCode",
            fields=[
                ("account_id", models.UUIDField()),
                ("mark", models.CharField(max_length=64)),
                ("scope", models.CharField(max_length=120)),
                ("signed_in_at", models.DateTimeField()),
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("redirect_uri", models.CharField(max_length=300)),
                ("code_challenge", models.CharField(max_length=128)),
                ("code_challenge_method", models.CharField(max_length=5)),
                ("nonce", models.CharField(blank=True, max_length=255)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="accounts.oidcclient"
                    ),
                ),
            ],
            options={
                "db_table": "oidc_code",
            },
        ),
        migrations.CreateModel(
            name="OidcToken",
            fields=[
                ("account_id", models.UUIDField()),
                ("mark", models.CharField(max_length=64)),
                ("scope", models.CharField(max_length=120)),
                ("signed_in_at", models.DateTimeField()),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("family", models.UUIDField()),
                ("access_digest", models.BinaryField(max_length=32, unique=True)),
                ("refresh_digest", models.BinaryField(max_length=32, unique=True)),
                ("access_expires_at", models.DateTimeField()),
                ("refresh_expires_at", models.DateTimeField()),
                ("refreshed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="accounts.oidcclient"
                    ),
                ),
            ],
            options={
                "db_table": "oidc_token",
                "indexes": [
                    models.Index(fields=["family"], name="oidc_token_by_family"),
                    models.Index(fields=["refresh_expires_at"], name="oidc_token_by_end"),
                ],
            },
        ),
        *(grant("SELECT, INSERT, UPDATE, DELETE", table) for table in ("oidc_client", "oidc_code", "oidc_token")),
        grant("SELECT", "mef", HOLDER),
    ]
