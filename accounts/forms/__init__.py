"""Reading what a person typed: cleans, never saves."""
