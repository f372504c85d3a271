"""Check the documents: links between them resolve, and nothing leads to a machine that is not ours.

`python -m alignment_dash.checks.docs` prints each fault as `file:line: what` and exits 1 when there is one.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# A page or a document that loads something from elsewhere breaks the promise that it works offline, and a
# lock file with addresses breaks on every machine that uses a mirror.
FOREIGN = re.compile(
    r"https?://[^\s\"')>]*?(cdn|unpkg|jsdelivr|googleapis|gstatic|registry\.npmjs|files\.pythonhosted|pypi\.org)",
    re.IGNORECASE,
)
BROWSER_FILES = {".html", ".css", ".js"}
LOADED = re.compile(r"""(?:src|href)\s*=\s*["']https?://|@import\s+(?:url\()?["']?https?://""", re.IGNORECASE)


def main() -> int:
    """Print the faults of every tracked file; return 1 when there are any."""
    faults = [fault for path in tracked_files() for fault in faults_of(path)]
    print("\n".join(faults) or "docs: clean")
    return 1 if faults else 0


def tracked_files(root: Path = ROOT) -> list[Path]:
    """Return the files under version control that still exist, as absolute paths."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True)
    paths = [root / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def faults_of(path: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield the faults of one file; files that are not text have none."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    name = path.relative_to(root)
    if path != Path(__file__).resolve():
        for match in FOREIGN.finditer(text):
            yield f"{name}:{line_of(text, match.start())}: an address of someone else's host: {match.group()}"
    if path.suffix in BROWSER_FILES:
        for match in LOADED.finditer(text):
            yield f"{name}:{line_of(text, match.start())}: loads a file from another host"
    if path.suffix == ".md":
        yield from broken_links(path, text, name)


def broken_links(path: Path, text: str, name: Path) -> Iterator[str]:
    """Yield the relative links of a Markdown file that lead to no file or no heading."""
    prose = FENCE.sub(lambda match: "\n" * match.group().count("\n"), text)
    for match in LINK.finditer(prose):
        target, _, anchor = match.group(1).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        place = f"{name}:{line_of(prose, match.start())}"
        file = (path.parent / unquote(target)).resolve() if target else path
        if not file.exists():
            yield f"{place}: {match.group(1)} leads nowhere"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
            yield f"{place}: {match.group(1)} names no heading"


def anchors(text: str) -> set[str]:
    """Return the anchors that a Markdown renderer gives the headings of `text`."""
    titles = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def line_of(text: str, offset: int) -> int:
    """Return the number, from 1, of the line that holds `offset`."""
    return text.count("\n", 0, offset) + 1


if __name__ == "__main__":
    sys.exit(main())
