"""All that the journal tells of an account, page by page."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SchoolRequest
from accounts.views.account_changes import Opened
from accounts.views.student_facts import entries_on, history
from educonnect_admin.toolkit.pagination import paginate, whole_number

ENTRIES_A_PAGE = 25


def history_page(request: SchoolRequest, opened: Opened) -> HttpResponse:
    account = opened.account
    entries = entries_on(request.mandate, account.pk)
    page = paginate(entries, number=whole_number(request.GET.get("page", "1"), 1), size=ENTRIES_A_PAGE)
    context = {
        "person": {"name": f"{account.first_name} {account.last_name}", "place": opened.place, "url": opened.url},
        "history": history(page.rows),
        "page": {
            "total": page.total,
            "first": page.first,
            "last": page.last,
            "number": page.number,
            "links": [
                {"gap": True} if n is None else {"label": n, "url": f"?page={n}", "current": n == page.number}
                for n in page.window()
            ],
            "previous_url": f"?page={page.number - 1}" if page.number > 1 else "",
            "next_url": f"?page={page.number + 1}" if page.number < page.count else "",
        },
    }
    return render(request, "accounts/history.html", context)
