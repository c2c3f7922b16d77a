"""Each page: what it shows, to whom, of whom; what it survives; what it leaves in the journal."""
