"""What the database itself holds of delegations, and when a mandate was last used."""

import datetime

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_feeds"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddField(
            model_name="mandate",
            name="last_used_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_by__isnull", True),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    ),
                    _connector="OR",
                ),
                name="mandate_delegation_lasts_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_by__isnull", True),
                    models.Q(("given_by", models.F("staff")), _negated=True),
                    _connector="OR",
                ),
                name="mandate_is_not_given_to_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_by__isnull", True), models.Q(("role", "head"), _negated=True), _connector="OR"
                ),
                name="mandate_of_a_head_is_not_delegated",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("whole_school", True), ("role", "simplified"), _connector="OR"),
                name="mandate_by_class_is_simplified",
            ),
        ),
    ]
