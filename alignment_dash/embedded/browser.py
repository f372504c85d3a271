"""The headless Chromium that browser tests drive: found, or installed where we may.

`python -m alignment_dash.embedded.browser` prints its path, installing it first when there is none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


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
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
        for command in (["apt-get", "update", "-q"], packages):
            subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
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
