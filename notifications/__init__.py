"""Runs over accounts (notify, reset) and the documents that hand them over. Reads accounts; accounts never reads it."""
