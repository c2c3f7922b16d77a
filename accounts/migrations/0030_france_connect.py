"""Which account an identity of FranceConnect opens."""

from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0029_heartbeat")]

    operations = [
        migrations.CreateModel(
            name="FranceConnectTie",
            fields=[
                ("subject_hash", models.BinaryField(max_length=33, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField(unique=True)),
                ("mark", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
            ],
            options={"db_table": "france_connect_tie"},
        ),
        grant("SELECT, INSERT, UPDATE, DELETE", "france_connect_tie"),
    ]
