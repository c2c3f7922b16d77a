"""Rules that touch no base: full products and properties."""
