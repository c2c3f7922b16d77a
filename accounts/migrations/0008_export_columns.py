"""Each person's choice of columns for lists taken away as files."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_school_settings")]

    operations = [
        migrations.AddField(
            "staff", "export_columns", ArrayField(models.CharField(max_length=20), default=list, size=None)
        ),
    ]
