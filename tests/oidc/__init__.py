"""The accounts at work elsewhere: our OpenID Connect provider, and those that we trust."""
