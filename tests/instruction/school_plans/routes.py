"""Routes of instruction.school_plans."""

from tests.route import Route

ROUTES: list[Route] = []
