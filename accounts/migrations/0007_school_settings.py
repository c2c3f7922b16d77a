"""What a school chooses for itself: its admin network, and the classes whose passwords are of the readable kind."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_journal_page")]

    operations = [
        migrations.AddField(
            "school",
            "admin_networks",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=43), default=list, size=None),
        ),
        migrations.AddField("classroom", "has_readable_passwords", models.BooleanField(default=False)),
    ]
