"""The drill: authorisation bugs planted one after the other, each to be caught by the tests that stand guard."""
