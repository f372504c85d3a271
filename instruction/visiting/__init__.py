"""Who may observe at other schools, and the plan of the visits that would make the estimates surest."""
