"""Static files: named files of npm packages and nothing else of them, and one stylesheet out of many."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage


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


STYLESHEET = "css/app.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')


class BundledStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files, with what STYLESHEET imports written into it.

    Twenty-odd small files are pleasant to edit and slow to fetch: the browser learns of them only from the first,
    and shows nothing until it has them all.
    """

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Hash and compress every file; `paths`: static name -> (storage it was found in, its path there)."""
        if STYLESHEET in paths and not dry_run:
            bundle = InMemoryStorage()
            bundle.save(STYLESHEET, ContentFile(bundled(paths).encode()))
            paths = {**paths, STYLESHEET: (bundle, STYLESHEET)}
        yield from super().post_process(paths, dry_run, **options)


def bundled(paths: dict[str, tuple[Storage, str]]) -> str:
    """Return STYLESHEET with each `@import url("x.css") layer(y);` replaced by the layer and its rules."""

    def text(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return bytes(file.read()).decode()

    folder = Path(STYLESHEET).parent
    return _IMPORT.sub(
        lambda found: f"@layer {found[2]} {{\n{text((folder / found[1]).as_posix())}}}", text(STYLESHEET)
    )
