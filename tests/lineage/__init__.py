"""Published failures of others that could happen here, each under its name."""
