"""Routes of instruction.meetings."""

from tests.route import Route

ROUTES: list[Route] = []
