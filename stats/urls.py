"""Addresses of Accueil and Statistiques."""

from django.urls import path

from stats.views import home, statistics

SCHOOL = "etablissements/<str:uai>"

urlpatterns = [
    path(f"{SCHOOL}/", home.home, name="home"),
    path(f"{SCHOOL}/statistiques/", statistics.statistics, name="statistics"),
]
