"""What pages call a person; select the identity with the person, or each name is a query."""

from schools.models import Person


def name_of(person: Person | None) -> str:
    """Return a person's name as pages show it; "" for nobody, and where none is known."""
    identity = getattr(person, "identity", None)
    return identity.display_name if identity else ""
