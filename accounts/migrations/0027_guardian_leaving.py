"""Of a school's guardians, the few who are leaving, without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0026_mailed_links")]

    operations = [
        migrations.AddIndex(
            model_name="guardian",
            index=models.Index(fields=["id"], condition=models.Q(closing_on__isnull=False), name="guardian_leaving"),
        ),
    ]
