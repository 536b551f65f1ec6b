"""The contract of every chip behind every firmware, over the real card service.

But for its tears at every sub-step: each would be an insertion of a second.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tests.soak.figures import Figures

_PASSED = re.compile(r"(\d+) passed")


def soak() -> Figures:
    """As `tests/contract/test_chips.py` says it of virtual readers; one that fails ends it."""
    plugin = ("-p", "tests.kit.pcsc_contract", "-p", "no:cacheprovider", "-n", "0", "-q")
    chosen = ("-k", "not every_sub_step", "tests/contract/test_chips.py")
    asked = [sys.executable, "-m", "pytest", *plugin, *chosen]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    told = _PASSED.search(done.stdout)
    assert told is not None, done.stdout
    assert done.returncode == 0, done.stdout
    return {"contract tests": int(told[1])}
