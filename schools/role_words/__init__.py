"""What the roster's role words mean here: rules, and decisions about the roles that wait."""
