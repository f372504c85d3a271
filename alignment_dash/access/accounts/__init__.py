"""Accounts: who can sign in and which roles they hold, and the pages on which data administrators see to it."""
