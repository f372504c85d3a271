"""Routes of instruction.completion."""

from tests.route import Route

ROUTES: list[Route] = []
