"""Routes of instruction.consulting."""

from tests.route import Route

ROUTES: list[Route] = []
