"""Images nobody wrote: read without a crash, never for another household's card, never with a code.

A share of what `./dev soak images` reads by the million; and faults planted in the reading are
found by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from cardstation.errors import Refusal
from cardstation.services import read_card
from cardstation.services.identify import Inserted
from cardstation.services.intent.known import customer_of, household_of
from cardstation.services.station import Station
from drivers.chips.coded import CodedChip
from drivers.layouts.checks import Check
from drivers.layouts.two_slot import TwoSlotLayout
from tests.kit.image_reading import NOBODYS, REFUSED, ImageDesk
from tests.kit.paper_card import StrangerTouched
from tests.kit.repeat import first_seed, times

IMAGES = 3_000
ENOUGH = 600
"""Images after which a planted fault must have been seen."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImageDesk]:
    with ImageDesk(tmp_path_factory.mktemp("images")) as opened:
        yield opened


def test_whatever_is_read_is_this_household_or_a_refusal(
    desk: ImageDesk, record_property: Callable[[str, object], None]
) -> None:
    images = times("IMAGES", IMAGES)
    desk.counts.clear()
    desk.read(first_seed(), images)
    counts = desk.counts
    assert counts["read"] > images // 10
    assert all(counts[code] for code in REFUSED - {"chip_unknown"})
    assert counts["in a reader: read"]
    assert counts[NOBODYS] < images // 20
    record_property(
        "counted", {"strange images read, wrong household 0, codes presented 0:": images}
    )


def test_a_layout_whose_check_values_are_not_asked_is_found(
    desk: ImageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Check, "holds", lambda *_: True)
    with pytest.raises(AssertionError):
        desk.read(first_seed(), ENOUGH)


def test_a_layout_that_fails_on_what_is_not_there_is_found(
    desk: ImageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It trusts that an image is a whole card."""

    def trusting(self: TwoSlotLayout, image: bytes) -> bool:
        return image[self.declaration.size - 1] == 0xFF

    monkeypatch.setattr(TwoSlotLayout, "recognises", trusting)
    with pytest.raises(IndexError):
        desk.read(first_seed(), ENOUGH)


def test_a_driver_that_presents_a_code_to_read_is_found(
    desk: ImageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = CodedChip.read

    def hasty(self: CodedChip) -> bytes:
        self.unlock(b"\xff" * self._memory.code_bytes)
        return whole(self)

    monkeypatch.setattr(CodedChip, "read", hasty)
    with pytest.raises(StrangerTouched):
        desk.read(first_seed(), IMAGES)


def test_a_desk_that_believes_an_account_alone_is_found(
    desk: ImageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Card number of one household beside the account of another."""

    def by_account(station: Station, card: Inserted) -> object:
        try:
            return customer_of(station, card)
        except Refusal as stop:
            if stop.code != "card_differs_from_file":
                raise
            return household_of(station, card)

    monkeypatch.setattr(read_card, "customer_of", by_account)
    with pytest.raises(AssertionError):
        desk.read(first_seed(), IMAGES)
