"""What remains of the months that the journal has forgotten."""

from django.db import migrations, models

from educonnect_admin.toolkit.operations import IN_SCOPE, JOURNAL, grant, policy, protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_export_columns")]

    operations = [
        migrations.CreateModel(
            name="JournalCheckpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uai", models.CharField(max_length=8)),
                ("sequence", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("seal", models.BinaryField(max_length=33)),
            ],
            options={
                "db_table": "journal_checkpoint",
                "constraints": [models.UniqueConstraint(fields=("uai", "sequence"), name="journal_checkpoint_once")],
            },
        ),
        grant("SELECT", "journal_checkpoint"),
        grant("SELECT, INSERT", "journal_checkpoint", JOURNAL),
        protect("journal_checkpoint"),
        policy("journal_checkpoint", "school_reads", using=IN_SCOPE, command="SELECT"),
        policy("journal_checkpoint", "journal", using="true", check="true", role=JOURNAL),
    ]
