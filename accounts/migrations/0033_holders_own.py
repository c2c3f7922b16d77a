"""What is the holder's alone: the last sign-ins, and the code of a text message. Behind a wall of the holder's."""

import uuid

from django.db import migrations, models

from educonnect_admin.toolkit.operations import DEFINER, HELD, HOLDER, definer_function, grant, policy, protect

OWN = f"account_id = {HELD}"
FORGET = """
    DELETE FROM holder_sign_in WHERE at < now() - interval '90 days';
    DELETE FROM holder_code WHERE expires_at < now();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0032_holder_emails")]

    operations = [
        migrations.CreateModel(
            name="HolderSignIn",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("account_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("is_by_france_connect", models.BooleanField(default=False)),
                ("service", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "db_table": "holder_sign_in",
                "indexes": [
                    models.Index(fields=["account_id", "-at"], name="holder_sign_in_of_account"),
                    models.Index(fields=["at"], name="holder_sign_in_by_age"),
                ],
            },
        ),
        protect("holder_sign_in"),
        grant("SELECT, INSERT", "holder_sign_in", HOLDER),
        policy("holder_sign_in", "holder_reads", using=OWN, command="SELECT", role=HOLDER),
        policy("holder_sign_in", "holder_writes", check=OWN, command="INSERT", role=HOLDER),
        migrations.CreateModel(
            name="HolderCode",
            fields=[
                ("account_id", models.UUIDField(primary_key=True, serialize=False)),
                ("code_hash", models.BinaryField(max_length=33)),
                ("expires_at", models.DateTimeField()),
                ("tries", models.SmallIntegerField(default=0)),
            ],
            options={"db_table": "holder_code"},
        ),
        protect("holder_code"),
        grant("SELECT, INSERT, UPDATE, DELETE", "holder_code", HOLDER),
        policy("holder_code", "holder", using=OWN, check=OWN, role=HOLDER),
        grant("SELECT, DELETE", "holder_code", DEFINER),
        policy("holder_code", "definer", using="true", role=DEFINER),
        grant("SELECT, DELETE", "holder_sign_in", DEFINER),
        policy("holder_sign_in", "definer", using="true", role=DEFINER),
        definer_function("forget_of_holders()", returns="void", language="sql", body=FORGET),
    ]
