"""Figures, and the page that says what to do today. Reads accounts and notifications; nobody reads it."""
