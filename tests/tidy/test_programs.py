"""What no test calls can still be started: every bench, every long proof, the laboratory."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from types import ModuleType

import tests.bench
import tests.ha
import tests.soak


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
