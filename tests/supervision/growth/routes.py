"""Routes of this package."""

from tests.route import Route

ROUTES: list[Route] = []
