"""`.env.example` names every variable that is read, and nothing else."""

import ast
import re
from pathlib import Path

from alignment_dash.embedded.places import REPOSITORY

READERS = {"text", "flag", "whole", "words", "secret", "database"}


def names_read() -> set[str]:
    """The first arguments of every call of a function of `alignment_dash.env`."""
    found = set()
    for path in (REPOSITORY / "alignment_dash").rglob("*.py"):
        for node in ast.walk(ast.parse(Path(path).read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.func.attr in READERS
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def test_env_example_names_every_variable_that_is_read() -> None:
    example = (REPOSITORY / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == names_read()
