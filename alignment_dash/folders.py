"""Routes behind the folders that they begin with: a request is held against dozens of patterns, not hundreds."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, include, path


def by_folder(routes: Iterable[URLPattern]) -> list[URLPattern | URLResolver]:
    """Return the same routes, those of one folder together behind it; each keeps its address, name and view.

    A folder stands where its first route stood, so routes must not rely on their order beyond their folder:
    `<uuid:...>/` and `waiting/` match nothing together, `<slug:...>/` would.
    """
    folders: dict[str, list[URLPattern]] = {}
    for route in routes:
        folder, slash, _rest = str(route.pattern).partition("/")
        # What stands in no folder is a folder by itself.
        folders.setdefault(folder + slash, []).append(route)
    found: list[URLPattern | URLResolver] = []
    for folder, inside in folders.items():
        if len(inside) == 1:
            found += inside
        else:
            found.append(path(folder, include(by_folder([_behind(folder, route) for route in inside]))))
    return found


def _behind(folder: str, route: URLPattern) -> URLPattern:
    rest = str(route.pattern).removeprefix(folder)
    return path(rest, route.callback, route.default_args, route.name)
