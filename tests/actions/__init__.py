"""Changes: what they do to the rows, what they tell the journal, what they refuse."""
