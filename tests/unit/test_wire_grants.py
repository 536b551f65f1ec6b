"""A grant on the wire: what no centre can mean is no answer, however well it is signed."""

from __future__ import annotations

import msgspec
import pytest

from cardstation.domain.ledger import GENESIS
from cardstation.sync.wire import Grant, grant_told

SOUND = Grant(
    station="S001",
    epoch=1,
    key="ab" * 32,
    number=1_795_000_000_000_000,
    fen=100,
    hours=8,
    card_fen=100,
    list_hours=72,
    list_no=0,
    list_hash=GENESIS,
    until_us=1_795_000_000_000_000,
    now_us=1_795_000_000_000_000,
    signature=b"",
)


def test_what_a_centre_says_is_read() -> None:
    assert grant_told(SOUND, "n").grant.number == SOUND.number


@pytest.mark.parametrize("name", ["epoch", "number", "list_no", "until_us", "now_us", "fen"])
@pytest.mark.parametrize("figure", [-1, 2**63 - 1, 2**70])
def test_figures_that_no_record_holds_are_no_answer(name: str, figure: int) -> None:
    with pytest.raises(ValueError, match=r"range|money"):
        grant_told(msgspec.structs.replace(SOUND, **{name: figure}), "n")


@pytest.mark.parametrize("name", ["station", "key", "list_hash"])
def test_names_that_are_none_are_no_answer(name: str) -> None:
    with pytest.raises(ValueError, match=r"range|hash"):
        grant_told(msgspec.structs.replace(SOUND, **{name: "\ud800"}), "n")
