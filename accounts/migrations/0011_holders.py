"""The fourth wall of the activation site: a role that sees one account, the holder's, and its links."""

from django.db import migrations

from educonnect_admin.toolkit.operations import HELD, HOLDER, grant, policy

OWN_LIFE = "state, origin, provisional_hash, provisional_expires_at, password, activated_at, last_login_at, version"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_blocked_at")]

    operations = [
        grant(f"SELECT, UPDATE ({OWN_LIFE})", "student", HOLDER),
        policy("student", "holder_reads", using=f"id = {HELD}", command="SELECT", role=HOLDER),
        policy("student", "holder_updates", using=f"id = {HELD}", command="UPDATE", role=HOLDER),
        grant("SELECT", "schooling", HOLDER),
        policy("schooling", "holder_reads", using=f"student_id = {HELD}", command="SELECT", role=HOLDER),
        grant("SELECT", "school", HOLDER),
    ]
