"""The second factor of people who sign in with a password: codes of an authenticator app, passkeys, recovery codes.

django-allauth does the protocols; here are what it leaves open: which roles need one, codes that count once even
when the cache is emptied, secrets that are sealed, and the record of what was set up and removed.
"""
