"""Signing in through somebody else: OAuth 2 and OpenID Connect, from the first redirect to the account."""
