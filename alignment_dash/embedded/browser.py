"""The headless Chromium that browser tests drive: found, or installed where we may.

`python -m alignment_dash.embedded.browser` prints its path, installing it first when there is none. The headless
shell comes before a whole Chromium: the same engine without a window, whose frames nobody sees but someone paints.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find_browser() -> str | None:
    """Return the path of a Chromium: CHROMIUM's, the system's or Playwright's own; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        program = shutil.which(name)
        if program:
            return program
    return _playwrights_own()


def install_browser() -> str | None:
    """Install Chromium from the system's packages when root on Debian, or else Playwright's; return its path."""
    if _may_install_packages():
        _apt_get("update", "-q")
        # Ubuntu and older Debian have no package of the shell.
        _install_first(SHELL, "chromium")
    if find_browser() is None:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False
        )
    return find_browser()


def main() -> int:
    """Print the browser's path; without one, fail under CI and only say so elsewhere."""
    browser = find_browser() or install_browser()
    if browser:
        print(browser)
        return 0
    print("No Chromium was found or could be installed: browser tests cannot run.", file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def _may_install_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install_first(*names: str) -> bool:
    """Install the first of these packages that there is."""
    return any(_apt_get("install", "-y", "-q", "--no-install-recommends", name) for name in names)


def _apt_get(*arguments: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=environment, stdout=sys.stderr, check=False)
    return done.returncode == 0


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    sys.exit(main())
