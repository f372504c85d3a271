"""From evidence to a snapshot: read arrays from the database, estimate, write rows that carry their run."""

KIND = "capacity"
