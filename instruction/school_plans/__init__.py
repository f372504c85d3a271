"""School improvement plans: standing, targets, actions, support asked for, checks."""
