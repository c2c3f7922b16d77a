"""One file a situation: `production`, `demo`, `test`; what they share is in `base`."""
