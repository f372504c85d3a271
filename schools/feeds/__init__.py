"""Rosters that are fetched: pulled from a OneRoster provider over REST, or taken from a watched folder.

`network`, `sign_in`, `provider`, `shapes`, `bundle`, `pull`, `drops` and `calendar` know nothing of Django.
"""
