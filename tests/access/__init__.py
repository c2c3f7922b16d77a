"""The access matrix, and what stands around it."""
