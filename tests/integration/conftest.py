"""Fixtures of the real stack for every integration test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from cardstation.central.console import passwords
from tests.kit.pcsc_fixtures import bench, card_service, card_slots

__all__ = ["bench", "card_service", "card_slots"]

QUICK = PasswordHasher(time_cost=1, memory_cost=32)


@pytest.fixture(autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hashing that takes no 0.15 s; what a password costs at work, a unit test asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", QUICK)
        yield
