"""What this package makes known when the application starts."""


def register() -> None:
    """Register pages, jobs, sample steps and what is held about persons."""
