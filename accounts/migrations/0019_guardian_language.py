"""The family's language, which its letters show beside French."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_oidc")]

    operations = [
        migrations.AddField(
            "guardian",
            "language",
            models.CharField(
                blank=True,
                choices=[
                    ("en", "anglais"),
                    ("ar", "arabe"),
                    ("uk", "ukrainien"),
                    ("pt", "portugais"),
                    ("tr", "turc"),
                    ("es", "espagnol"),
                ],
                max_length=2,
                null=True,
            ),
        ),
    ]
