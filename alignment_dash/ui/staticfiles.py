"""Serve named files of npm packages as static files, and nothing else of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage


class NpmStorage(FileSystemStorage):
    """Reads static names through NPM_STATIC_FILES; collectstatic copies from it."""

    def path(self, name: str) -> str:
        return str(Path(settings.NPM_ROOT) / settings.NPM_STATIC_FILES[Path(name).as_posix()])


class NpmFinder(BaseFinder):
    """Exposes exactly NPM_STATIC_FILES: {static name: path under NPM_ROOT}."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.storage = NpmStorage(location=settings.NPM_ROOT)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Name each file that `npm ci` should have brought and did not."""
        return [
            Error(
                f"The static file {name} comes from node_modules/{source}, which is missing.",
                hint="Run `npm ci --ignore-scripts`, or `make demo`, which does.",
                id="ui.E001",
            )
            for name, source in settings.NPM_STATIC_FILES.items()
            if not (Path(settings.NPM_ROOT) / source).is_file()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the file's place on disk (a list with `find_all`); an empty list when it is not ours."""
        if path not in settings.NPM_STATIC_FILES or not self.storage.exists(path):
            return []
        return [self.storage.path(path)] if find_all else self.storage.path(path)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield (static name, storage) for collectstatic."""
        for name in settings.NPM_STATIC_FILES:
            if not matches_patterns(name, ignore_patterns or []):
                yield name, self.storage
