"""Signing in by way of an OpenID provider: what goes there, what comes back, and whom to believe."""
