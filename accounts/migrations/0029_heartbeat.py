"""Where beat's heartbeat is kept. A table of nobody's data: no wall."""

from django.db import migrations, models

from educonnect_admin.toolkit.operations import grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0028_oidc_guardians")]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "heartbeat"},
        ),
        grant("SELECT, INSERT, UPDATE", "heartbeat"),
    ]
