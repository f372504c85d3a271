"""The import contracts fail when someone breaks them: planted in a copy, found by the linter."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alignment_dash.embedded.places import REPOSITORY

PACKAGES = ("alignment_dash", "schools", "instruction", "staffing", "supervision")
PLANTS = {
    "alignment_dash/planted.py": "import schools",
    "schools/planted.py": "import instruction",
    "instruction/planted.py": "import staffing",
    "staffing/planted.py": "import supervision",
    "supervision/planted.py": "import staffing",
    "instruction/capacity/planted.py": "import django",
    "supervision/needs.py": "import django",
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the packages and of the contracts."""
    for name in PACKAGES:
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-logo"], cwd=folder, capture_output=True, text=True, check=False)


def test_layers_hold_as_they_are(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("place", PLANTS)
def test_layers_upward_import_breaks_the_contract(copy: Path, place: str) -> None:
    (copy / place).write_text(PLANTS[place] + "\n")
    result = lint(copy)
    assert result.returncode == 1
    assert place.removesuffix(".py").replace("/", ".") in result.stdout
