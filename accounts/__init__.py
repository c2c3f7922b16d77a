"""Schools, people, who may do what, and the feeds that bring them. Knows nobody above: neither runs nor statistics."""
