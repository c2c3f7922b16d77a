"""The other side of the letter."""
