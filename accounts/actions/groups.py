"""Django groups, one a role, with the permissions of the table in `permissions.py`."""

from django.contrib.auth.models import Group
from django.contrib.auth.models import Permission as Right
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import Mandate
from accounts.permissions import ROLE_PERMISSIONS, Permission


def synchronise_groups(*, using: str) -> None:
    """Make groups and rights say what the table says, no more. Run by the owner's role: the application only reads."""
    with transaction.atomic(using=using):
        kind = ContentType.objects.db_manager(using).get_for_model(Mandate)
        rights = {}
        for permission in Permission:
            rights[permission], _ = Right.objects.using(using).update_or_create(
                content_type=kind, codename=permission.value, defaults={"name": permission.name}
            )
        for role, permissions in ROLE_PERMISSIONS.items():
            group, _ = Group.objects.using(using).get_or_create(name=role.label)
            group.permissions.set([rights[permission] for permission in permissions])
