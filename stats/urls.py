"""Addresses of Accueil and Statistiques."""

from django.urls import path

from stats.views import evolution, files, home, schools, statistics

SCHOOL = "etablissements/<str:uai>"

urlpatterns = [
    path(f"{SCHOOL}/", home.home, name="home"),
    path(f"{SCHOOL}/statistiques/", statistics.statistics, name="statistics"),
    path(f"{SCHOOL}/statistiques/evolution/", evolution.statistics_evolution, name="statistics_evolution"),
    path(f"{SCHOOL}/statistiques/evolution/courbe/<slug:slug>/", evolution.statistics_curve, name="statistics_curve"),
    path(f"{SCHOOL}/statistiques/fichiers/<slug:slug>/", files.statistics_file, name="statistics_file"),
    path(f"{SCHOOL}/statistiques/etablissements/", schools.statistics_schools, name="statistics_schools"),
]
