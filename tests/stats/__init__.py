"""Figures: counted a second way, kept day by day, drawn and handed out."""
