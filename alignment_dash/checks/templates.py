"""Check the templates: they compile, are formatted and indented, and hold nothing that the policy forbids.

`python -m alignment_dash.checks.templates [--fix]` exits 1 when something is wrong; `--fix` formats and indents.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST = 120
# The content security policy refuses them in the browser, silently; here it is said aloud.
FORBIDDEN = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE
    ),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "code in an attribute": re.compile(r"hx-on|hx-vals=[\"']js:", re.IGNORECASE),
}


def main(arguments: list[str]) -> int:
    """Check or fix every template; return 1 when something is wrong."""
    paths = sorted((ROOT / "templates").rglob("*.html"))
    names = [str(path) for path in paths]
    fix = "--fix" in arguments
    codes = [
        subprocess.run(
            [tool("djade"), "--target-version", "5.2", *([] if fix else ["--check"]), *names], check=False
        ).returncode,
        subprocess.run(
            [tool("djhtml"), "--tabwidth", "2", *([] if fix else ["--check"]), *names],
            check=False, stderr=subprocess.DEVNULL if fix else None,
        ).returncode,
    ]  # fmt: skip
    faults = [fault for path in paths for fault in faults_of(path)]
    print("\n".join(faults) or "templates: clean")
    return 1 if faults or (any(codes) and not fix) else 0


def faults_of(path: Path) -> Iterator[str]:
    """Yield what is wrong with one template, as `file:line: what`."""
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT)
    try:
        engines["django"].from_string(text)
    except TemplateSyntaxError as error:
        yield f"{name}: {error}"
    for what, pattern in FORBIDDEN.items():
        for match in pattern.finditer(text):
            yield f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {what}"
    lines = text.count("\n")
    if lines > LONGEST:
        yield f"{name}: {lines} lines; {LONGEST} is the most that can be read at once"


def tool(name: str) -> str:
    """Return the path of a program of our own virtual environment."""
    return str(Path(sys.executable).parent / name)


if __name__ == "__main__":
    django.setup()
    sys.exit(main(sys.argv[1:]))
