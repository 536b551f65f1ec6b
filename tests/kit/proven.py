"""What a machine cannot prove is skipped with the same words everywhere, or fails if demanded."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

DEMANDED = "CARDSTATION_REQUIRE_REAL"


def not_proven(lacking: str, *, by_machine: bool = False) -> NoReturn:
    """End this test: something it needs is not here.

    Args:
        lacking: What is missing.
        by_machine: The machine itself cannot have it (a device file, namespaces): no installing
            would help, so that it is skipped even where the real thing is demanded.
    """
    if os.environ.get(DEMANDED) and not by_machine:
        pytest.fail(f"{lacking}; demanded by {DEMANDED}")
    pytest.skip(f"{lacking}; not proven here")
