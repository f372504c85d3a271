"""Look up known vulnerabilities of what production runs: Python packages by pip-audit, browser files by npm.

`python -m alignment_dash.checks.advisories` prints what was found and exits 1 when there is something. Where a
source of advisories does not answer within seconds it says so and goes on: the check must not depend on it.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 9
# Advisories that do not concern how a package is used here: id -> why.
ACCEPTED: dict[str, str] = {}
PIP_AUDIT = [
    "pip-audit", "--requirement", "requirements/production.txt", "--require-hashes", "--disable-pip",
    "--format", "json", "--timeout", "3", "--progress-spinner", "off",
]  # fmt: skip
NPM_AUDIT = [
    "npm", "audit", "--json", "--omit", "dev", "--package-lock-only",
    "--fetch-retries", "0", "--fetch-timeout", "3000",
]  # fmt: skip
# What a source says, or None when it says nothing that can be read; see `of_python` and `of_npm`.
Reader = Callable[[Any], list[str] | None]


def main() -> int:
    """Print what is known about the pinned versions; return 1 when something is."""
    sources: list[tuple[str, list[str], Reader]] = [
        ("Python packages", PIP_AUDIT, of_python),
        ("browser files", NPM_AUDIT, of_npm),
    ]
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(lambda source: source[2](ask(source[1])), sources))
    silent = [what for (what, _command, _reader), said in zip(sources, answers, strict=True) if said is None]
    print(f"advisories: no answer about {' and '.join(silent)}" if silent else "advisories: looked up")
    found = [line for answer in answers for line in answer or []]
    for line in found:
        print(line)
    return 1 if found else 0


def ask(command: Sequence[str]) -> Any:
    """Return what a program prints as JSON; None when it is not there, is too slow or prints none."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=path)
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *command[1:]], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None


def of_python(answer: Any) -> list[str] | None:
    """Read pip-audit's answer; None when it knew no package at all, as where its source is out of reach."""
    packages = answer.get("dependencies", []) if isinstance(answer, dict) else []
    known = [one for one in packages if "vulns" in one]
    if not known:
        return None
    return [
        f"{one['name']} {one['version']}: {said['id']}, fixed in {', '.join(said['fix_versions']) or 'no version'}"
        for one in known
        for said in one["vulns"]
        if not {said["id"], *said.get("aliases", [])} & set(ACCEPTED)
    ]


def of_npm(answer: Any) -> list[str] | None:
    """Read npm's answer; None when it is an error."""
    if not isinstance(answer, dict) or "vulnerabilities" not in answer:
        return None
    return [
        f"{name} {one['range']}: {said['url'].rsplit('/', 1)[-1]}, {said['severity']}"
        for name, one in sorted(answer["vulnerabilities"].items())
        for said in one["via"]
        if isinstance(said, dict) and said["url"].rsplit("/", 1)[-1] not in ACCEPTED
    ]


if __name__ == "__main__":
    sys.exit(main())
