"""A pupil may choose an address too: what a guardian's holder could write already."""

from django.db import migrations

from educonnect_admin.toolkit.operations import HOLDER, grant


class Migration(migrations.Migration):
    dependencies = [("accounts", "0031_confirmed_addresses")]

    operations = [grant("UPDATE (email, email_confirmed_at)", "student", HOLDER)]
