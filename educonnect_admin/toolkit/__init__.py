"""Pieces that any Django project could use. They may import Django, never an app of this project."""
