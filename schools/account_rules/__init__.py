"""Roles that follow from the roster: rules that give them where and while people have a role in the roster."""
