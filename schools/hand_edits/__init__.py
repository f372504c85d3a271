"""Fields of rostered rows that people here have set, which rosters leave alone."""
