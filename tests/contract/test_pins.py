"""PINs: a hash tells nobody the PIN, opens for it alone, and is slow on purpose."""

from __future__ import annotations

import pytest

from cardstation.ports.keys import PinHash
from drivers.keys import Argon2Pin
from tests.kit.shifts import PlainPins


@pytest.mark.parametrize("pins", [Argon2Pin(), PlainPins()], ids=["argon2", "plain"])
def test_a_hash_opens_for_its_pin_alone(pins: PinHash) -> None:
    kept = pins.hash("583920")
    assert "583920" not in kept
    assert pins.matches(kept, "583920")
    for other in ("583921", "", "5839200", "029385"):
        assert not pins.matches(kept, other)


@pytest.mark.parametrize("kept", ["", "583920", "$argon2id$v=19$m=8,t=1,p=1$AAAA$", "kept"])
def test_what_is_no_hash_opens_for_nobody(kept: str) -> None:
    assert not Argon2Pin().matches(kept, "583920")


def test_two_hashes_of_one_pin_differ_and_say_how_they_were_made() -> None:
    one, other = Argon2Pin().hash("583920"), Argon2Pin().hash("583920")
    assert one != other
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
