"""manage.py staff invite | link | mandate | reset-otp | disable"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.actions.journal import SYSTEM
from accounts.actions.keys import reset_keys
from accounts.actions.mandates import give_mandate
from accounts.actions.outbox import MailKind, queue_mail
from accounts.actions.staff import disable, invite
from accounts.enums import Role
from accounts.models import School, Staff


class Command(BaseCommand):
    help = "Invite a member of staff, give a mandate, reset an OTP key, close an access."

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        new = tasks.add_parser("invite", help="create a member of staff and mail the link to choose a password")
        new.add_argument("username")
        new.add_argument("--first-name", required=True)
        new.add_argument("--last-name", required=True)
        new.add_argument("--email", required=True)
        new.add_argument("--base-url", required=True, help="address of the console, for the link")
        new.add_argument("--uai", help="with --role: the school of a first mandate")
        new.add_argument("--role", choices=Role.values, default=Role.HEAD.value)
        mandate = tasks.add_parser("mandate", help="give a mandate on a whole school")
        mandate.add_argument("username")
        mandate.add_argument("uai")
        mandate.add_argument("--role", choices=Role.values, default=Role.HEAD.value)
        mandate.add_argument("--until", type=datetime.fromisoformat, help="last day, as 2027-08-31")
        link = tasks.add_parser("link", help="mail a new link to choose a password: the first is lost, or too old")
        link.add_argument("username")
        link.add_argument("--base-url", required=True, help="address of the console, for the link")
        for task, text in (
            ("reset-otp", "forget the OTP key, the security keys and the recovery codes"),
            ("disable", "close the access for good"),
        ):
            tasks.add_parser(task, help=text).add_argument("username")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["task"].replace("-", "_"))(options)

    def invite(self, options: dict[str, Any]) -> None:
        school = self._school(options["uai"]) if options["uai"] else None
        wanted = {field: options[field] for field in ("username", "first_name", "last_name", "email", "base_url")}
        try:
            staff = invite(actor=SYSTEM, **wanted)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        if school:
            give_mandate(actor=SYSTEM, staff=staff, school=school, role=Role(options["role"]))
        self.stdout.write(f"{staff.username}: a link to choose a password goes to {staff.email}.")

    def mandate(self, options: dict[str, Any]) -> None:
        until = options["until"]
        ends_at = timezone.make_aware(until.replace(hour=23, minute=59, second=59)) if until else None
        staff, school = self._staff(options["username"]), self._school(options["uai"])
        given = give_mandate(actor=SYSTEM, staff=staff, school=school, role=Role(options["role"]), ends_at=ends_at)
        self.stdout.write(f"{staff.username}: {given.role_label}, {school}.")

    def link(self, options: dict[str, Any]) -> None:
        staff = self._staff(options["username"])
        queue_mail(kind=MailKind.INVITATION, staff=staff.pk, base_url=options["base_url"])
        self.stdout.write(f"{staff.username}: a link to choose a password goes to {staff.email}.")

    def reset_otp(self, options: dict[str, Any]) -> None:
        staff = self._staff(options["username"])
        reset_keys(actor=SYSTEM, staff=staff)
        self.stdout.write(f"{staff.username} records a new key at the next sign-in.")

    def disable(self, options: dict[str, Any]) -> None:
        staff = self._staff(options["username"])
        disable(actor=SYSTEM, staff=staff)
        self.stdout.write(f"{staff.username} can no longer sign in.")

    def _staff(self, username: str) -> Staff:
        staff = Staff.objects.filter(username=username.strip().lower()).first()
        if staff is None:
            raise CommandError(f"Nobody has the identifiant {username}.")
        return staff

    def _school(self, uai: str) -> School:
        school = School.objects.filter(pk=uai.strip().upper()).first()
        if school is None:
            raise CommandError(f"No school {uai}: add it first (manage.py school add).")
        return school
