"""Pages of runs, and the simplified module, whose one matter is resetting."""
