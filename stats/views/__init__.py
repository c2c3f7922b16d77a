"""Accueil and Statistiques of the full module."""
