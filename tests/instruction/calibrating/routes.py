"""Routes of instruction.calibrating."""

from tests.route import Route

ROUTES: list[Route] = []
