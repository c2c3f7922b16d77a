"""Sessions, each with the person it is of: one's own are listed, and closed, without opening anybody else's."""

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import OperationalError, models

from accounts.models.staff import Staff


class StaffSession(AbstractBaseSession):
    """A session, and who is signed in by it; nobody while the password or the code is awaited."""

    staff = models.ForeignKey(Staff, null=True, on_delete=models.CASCADE, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        db_table = "staff_session"

    @classmethod
    def get_session_store_class(cls) -> type[DatabaseStore]:
        return SessionStore


class SessionStore(DatabaseStore):
    """What `SESSION_ENGINE` names: Django's sessions in PostgreSQL, with the person beside."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        session = super().create_model_instance(data)
        session.staff_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None  # type: ignore[attr-defined]  # ours
        return cast(StaffSession, session)

    def save(self, must_create: bool = False) -> None:
        """What nobody changed lives on from now, in one statement; a session that was closed meanwhile stays closed.

        Each request of a person signed in comes here. OperationalError where the base is away: Django would tell of it
        as of a session that was closed, and whoever may send the form again would be told that it is a bad one.
        """
        if must_create or self.modified or self.session_key is None:
            try:
                super().save(must_create)
            except UpdateError as error:
                if isinstance(error.__context__, OperationalError):
                    raise error.__context__ from None
                raise
        elif not self._prolong():
            raise UpdateError

    def _prolong(self) -> int:
        mine = StaffSession.objects.filter(session_key=self.session_key)
        return mine.update(expire_date=self.get_expiry_date())
