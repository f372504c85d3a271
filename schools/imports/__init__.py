"""Roster imports: their stages, what people decide about them, their pages and their REST."""
