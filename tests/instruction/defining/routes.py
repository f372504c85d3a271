"""Routes of instruction.defining."""

from tests.route import Route

ROUTES: list[Route] = []
