"""The journal's page: found by person, kind and time at a constant cost; its exports count with the others."""

from django.db import migrations, models

KINDS = {
    "persons": "pages de personnes ouvertes",
    "accounts": "comptes mis dans des opérations",
    "exports": "exports",
    "reveals": "mots de passe affichés",
    "searches": "recherches",
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_volume")]

    operations = [
        migrations.AddIndex(
            "journalentry", models.Index(fields=["uai", "staff_id", "sequence"], name="journal_entry_by_person")
        ),
        migrations.AddIndex(
            "journalentry", models.Index(fields=["uai", "event", "sequence"], name="journal_entry_by_event")
        ),
        migrations.AddIndex("journalentry", models.Index(fields=["uai", "at"], name="journal_entry_by_moment")),
        migrations.AlterField("hourlyvolume", "kind", models.CharField(choices=list(KINDS.items()), max_length=8)),
    ]
