"""Pages for anyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.walls import READING, public_view


@public_view(*READING)
def front_door(request: HttpRequest) -> HttpResponse:
    return redirect("portal")


@public_view(*READING)
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "help.html")


@public_view(*READING)
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "accessibility.html")


@public_view(*READING)
def legal(request: HttpRequest) -> HttpResponse:
    return render(request, "legal.html")
