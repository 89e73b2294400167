"""Teaching points, accounts, sessions and their revocation."""
