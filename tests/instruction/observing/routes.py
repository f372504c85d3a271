"""Routes of instruction.observing."""

from tests.route import Route

ROUTES: list[Route] = []
