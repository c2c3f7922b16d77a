"""From what is written down of a mail (ids only) to the mail itself: who sends what."""

from uuid import UUID

from accounts.actions.account_changes import send_email_link
from accounts.actions.delegation_mails import Change, send_delegation
from accounts.actions.guardian_activation import send_activation_link
from accounts.actions.holder_codes import send_holder_code
from accounts.actions.holder_emails import NewEmail, send_email_choice, send_email_notice
from accounts.actions.holder_identifiers import send_identifiers
from accounts.actions.holder_passwords import send_holder_link, send_holder_notice
from accounts.actions.key_mails import KeyChange, send_key_change
from accounts.actions.mailed_links import send_link
from accounts.actions.outbox import MailKind, Senders
from accounts.actions.passwords import send_password_link, send_password_notice
from accounts.actions.settings_mails import send_settings
from accounts.actions.staff import send_invitation
from accounts.actions.verification import send_journal_alarm
from accounts.actions.volumes import send_alarm
from accounts.enums import Population
from accounts.models import Mandate, School, Staff


def _activation_link(*, guardian: str, uai: str, base_url: str) -> None:
    send_activation_link(guardian=UUID(guardian), uai=uai, base_url=base_url)


def _delegation(*, mandate: int, change: str, recipient: int) -> None:
    send_delegation(mandate=Mandate.objects.get(pk=mandate), change=Change(change), recipient=recipient)


def _email_link(*, uai: str, base_url: str, student: str = "", guardian: str = "") -> None:
    send_email_link(holder=UUID(student or guardian), uai=uai, base_url=base_url)


def _holder_code(*, account: str, population: str, uai: str) -> None:
    send_holder_code(account=UUID(account), population=Population(population), uai=uai)


def _holder_email(*, account: str, population: str, uai: str, sealed: str, mark: str, base_url: str) -> None:
    new = NewEmail(Population(population), UUID(account), uai, sealed, mark)
    send_email_choice(new=new, base_url=base_url)


def _holder_email_old(*, account: str, population: str, sealed: str, is_done: bool) -> None:
    send_email_notice(account=UUID(account), population=Population(population), sealed=sealed, is_done=is_done)


def _holder_link(*, account: str, population: str, uai: str, base_url: str) -> None:
    send_holder_link(account=UUID(account), population=Population(population), uai=uai, base_url=base_url)


def _holder_notice(*, account: str, population: str) -> None:
    send_holder_notice(account=UUID(account), population=Population(population))


def _invitation(*, staff: int, base_url: str) -> None:
    send_invitation(staff=_active(staff), base_url=base_url)


def _key_change(*, staff: int, change: str) -> None:
    send_key_change(staff=Staff.objects.get(pk=staff), change=KeyChange(change))


def _mailed_link(*, link: str, uai: str, base_url: str) -> None:
    send_link(link=UUID(link), uai=uai, base_url=base_url)


def _password_link(*, staff: int, base_url: str) -> None:
    send_password_link(staff=_active(staff), base_url=base_url)


def _password_notice(*, staff: int) -> None:
    send_password_notice(staff=Staff.objects.get(pk=staff))


def _settings(*, uai: str, changed_by: int, recipient: int) -> None:
    people = Staff.objects.in_bulk([changed_by, recipient])
    send_settings(school=School.objects.get(pk=uai), changed_by=people[changed_by], to=people[recipient])


def _active(staff: int) -> Staff:
    """Whoever has no access any more, or never had, gets no link: the mail has no reason left."""
    return Staff.objects.get(pk=staff, is_active=True)


SENDERS: Senders = {
    MailKind.ACTIVATION_LINK: _activation_link,
    MailKind.CAP: send_alarm,
    MailKind.DELEGATION: _delegation,
    MailKind.EMAIL_LINK: _email_link,
    MailKind.HOLDER_CODE: _holder_code,
    MailKind.HOLDER_EMAIL: _holder_email,
    MailKind.HOLDER_EMAIL_OLD: _holder_email_old,
    MailKind.HOLDER_LINK: _holder_link,
    MailKind.HOLDER_REMINDER: send_identifiers,
    MailKind.HOLDER_NOTICE: _holder_notice,
    MailKind.INVITATION: _invitation,
    MailKind.JOURNAL: send_journal_alarm,
    MailKind.KEY_CHANGE: _key_change,
    MailKind.MAILED_LINK: _mailed_link,
    MailKind.PASSWORD_LINK: _password_link,
    MailKind.PASSWORD_NOTICE: _password_notice,
    MailKind.SETTINGS: _settings,
}
