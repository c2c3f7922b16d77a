"""The other baseline of list and search: Django admin's changelist over the same table, with the same search.

`python -m tests.bench.admin UAI ROUNDS NAME...` under tests.bench.admin_settings: a process of its own, as a superuser
whom row-level security lets pass. It has the columns and the search of the pupils' list, and nothing of mandates,
walls or journal. Prints the seconds of each request: over the whole table, for it has no scope, and with the school as
a filter.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.contrib.admin import AdminSite, ModelAdmin  # noqa: E402  # models need Django set up
from django.http import HttpRequest  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

from accounts.models import Schooling  # noqa: E402
from tests.bench.measures import seconds  # noqa: E402
from tests.factories import StaffFactory  # noqa: E402

ROWS = 25


class OpenSite(AdminSite):
    """Whoever is signed in is let in: rights would only make it slower."""

    def has_permission(self, request: HttpRequest) -> bool:
        return True

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"available_apps": [], "site_title": "", "site_header": "", "is_nav_sidebar_enabled": False}


class SchoolingAdmin(ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """The pupils' list as the admin has it: same columns, same page, same text searched."""

    list_display = ("student", "classroom", "username", "state", "distributed_on", "last_login_at")
    list_select_related = ("student", "classroom")
    list_per_page = ROWS
    list_filter = ("school",)
    search_fields = ("search_key",)
    ordering = ("sort_key",)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    has_change_permission = has_add_permission = has_delete_permission = has_view_permission


for name in ("username", "state", "distributed_on", "last_login_at"):
    setattr(SchoolingAdmin, name, lambda self, row, name=name: getattr(row.student, name))

SITE = OpenSite()
SITE.register(Schooling, SchoolingAdmin)
urlpatterns = [path("admin/", SITE.urls)]


def asked(client: Client, scope: dict[str, str], rounds: int, names: list[str]) -> list[float]:
    """The seconds of each search for a name, after one that is not counted."""

    def ask(turn: int) -> None:
        answer = client.get("/admin/accounts/schooling/", scope | {"q": names[turn % len(names)]})
        assert answer.status_code == 200, answer.status_code
        assert "field-username" in answer.content.decode()

    ask(0)
    return [seconds(lambda turn=turn: ask(turn)) for turn in range(rounds)]


if __name__ == "__main__":
    school, number, *searched = sys.argv[1:]
    browser = Client()
    browser.force_login(StaffFactory(), backend="django.contrib.auth.backends.ModelBackend")
    told = {
        "seconds": asked(browser, {}, int(number), searched),
        "filtered": asked(browser, {"school__uai__exact": school}, int(number), searched),
    }
    print(json.dumps(told))  # for the parent
