"""What a row is, and facts about one row. No write to another model, no I/O."""

from accounts.models.account import Account, UsernameCounter
from accounts.models.dispute import Dispute
from accounts.models.double import Double, Merge
from accounts.models.feed import Feed, FeedFile, FeedTrace
from accounts.models.france_connect import FranceConnectTie
from accounts.models.guardian import Guardian, Guardianship, account_model
from accounts.models.heartbeat import Heartbeat
from accounts.models.holder_code import HolderCode
from accounts.models.holder_sign_in import HolderSignIn
from accounts.models.journal import JournalCheckpoint, JournalEntry, JournalHead
from accounts.models.mail import Mail
from accounts.models.mailed_link import MailedLink
from accounts.models.mandate import Mandate
from accounts.models.oidc import OidcClient, OidcCode, OidcToken
from accounts.models.otp import OtpKey
from accounts.models.recovery import RecoveryCode, RecoverySheet
from accounts.models.school import Classroom, Mef, School
from accounts.models.security_key import SecurityKey
from accounts.models.session import StaffSession
from accounts.models.source import Source
from accounts.models.staff import KnownAddress, SignInTry, Staff
from accounts.models.student import Schooling, Student
from accounts.models.volume import HourlyVolume

__all__ = [
    "Account",
    "Classroom",
    "Dispute",
    "Double",
    "Feed",
    "FeedFile",
    "FeedTrace",
    "FranceConnectTie",
    "Guardian",
    "Guardianship",
    "Heartbeat",
    "HolderCode",
    "HolderSignIn",
    "HourlyVolume",
    "JournalCheckpoint",
    "JournalEntry",
    "JournalHead",
    "KnownAddress",
    "Mail",
    "MailedLink",
    "Mandate",
    "Mef",
    "Merge",
    "OidcClient",
    "OidcCode",
    "OidcToken",
    "OtpKey",
    "RecoveryCode",
    "RecoverySheet",
    "School",
    "Schooling",
    "SecurityKey",
    "SignInTry",
    "Source",
    "Staff",
    "StaffSession",
    "Student",
    "UsernameCounter",
    "account_model",
]
