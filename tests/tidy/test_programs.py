"""What no test calls can still be started: every bench, every long proof, the laboratory."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import tests.bench
import tests.ha
import tests.soak

ROOT = Path(__file__).parents[2]


def names(room: ModuleType) -> list[str]:
    found = pkgutil.iter_modules(room.__path__, f"{room.__name__}.")
    return [one.name for one in found if not one.name.endswith("__main__")]


def test_every_bench_and_long_proof_is_whole() -> None:
    wanted = [*names(tests.bench), *names(tests.soak), *names(tests.ha), "tests.ha.__main__"]
    program = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    words = [sys.executable, "-c", program, *wanted]
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert len(wanted) > 20


def test_the_laboratory_says_where_it_proves_nothing(tmp_path: Path) -> None:
    """Namespaces are refused: a word of its own, and no 0; nothing is installed for it before."""
    refusing = tmp_path / "unshare"
    refusing.write_text("#!/bin/sh\necho 'unshare: Operation not permitted' >&2\nexit 1\n")
    refusing.chmod(0o755)
    path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
    told = subprocess.run(
        [ROOT / "dev", "ha", "kill"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stderr == "dev: no namespaces here; not proven here\n"
    assert told.returncode == 1
