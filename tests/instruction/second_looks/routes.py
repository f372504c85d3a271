"""Routes of instruction.second_looks."""

from tests.route import Route

ROUTES: list[Route] = []
