"""Who on staff was away for long, and never why."""
