"""All that the journal tells of a pupil's account, page by page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import Schooling
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.views.student_changes import note_page
from accounts.views.student_facts import entries_on, history
from accounts.walls import console_view
from educonnect_admin.toolkit.pagination import paginate, whole_number

ENTRIES_A_PAGE = 25


@console_view(Permission.VIEW_STUDENT, reads=note_page)
def student_history(request: SchoolRequest, pk: UUID) -> HttpResponse:
    mandate = request.mandate
    rows = Schooling.objects.allowing(mandate, Permission.VIEW_STUDENT).select_related("student", "classroom")
    schooling = get_object_or_404(rows, student=pk)
    page = paginate(entries_on(mandate, pk), number=whole_number(request.GET.get("page", "1"), 1), size=ENTRIES_A_PAGE)
    context = {
        "student": {"name": f"{schooling.student.first_name} {schooling.student.last_name}"},
        "classroom": schooling.classroom.code if schooling.classroom else "",
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
        "student_url": reverse("student", args=[mandate.uai, pk]),
    }
    return render(request, "students/history.html", context)
