"""The roof and the ground floor: settings, toolkit, and what assembles the apps."""
