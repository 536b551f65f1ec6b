"""A pytest plugin: the contract of chips over the real card service (`./dev soak pcsc`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, cast

import pytest

from cardstation.ports.reader import Link, Presence
from drivers.readers.pcsc import PcscRoom
from drivers.virtual import Firmware, VirtualCard, VirtualReader
from drivers.virtual.service import PrivateService
from drivers.virtual.vpcd import VpcdSlot
from tests.kit.chips import ChipDesk
from tests.kit.pcsc import PLENTY_S, until
from tests.kit.pcsc_fixtures import WATCHDOG_S, card_service, card_slots

__all__ = ["card_service", "card_slots", "over_the_real_stack"]

LETS_GO_S = 0.1
"""A card that was torn is out of its slot by then."""


class RealReader:
    """A slot of the real stack, as a desk of the contract uses a virtual reader.

    A test leaves its link open, as a virtual reader lets it; the next one closes it.
    """

    left: ClassVar[list[Link]] = []

    def __init__(
        self,
        room: PcscRoom,
        slot: VpcdSlot,
        _name: str,
        firmware: str,
        *,
        chosen: str,
        wrap: Callable[[Link], Link],
    ) -> None:
        self._slot, self._firmware, self._wrap = slot, firmware, wrap
        self._link: Link | None = None
        while self.left:
            self.left.pop().close()
        slot.pull()
        self._reader = room.readers()[0]
        room._dialects = {self._reader.name: chosen}
        assert until(lambda: self._reader.wait_card(0) is None)

    def insert(self, card: VirtualCard) -> None:
        self._slot.insert(Firmware(card, self._firmware))

    def pull(self) -> None:
        self._slot.pull()
        assert until(lambda: self._reader.wait_card(0) is None)

    def wait_card(self, _timeout_s: float | None) -> Presence | None:
        """None where nothing lies in the slot; a torn card is out."""
        if not self._slot.occupied or self._slot.wait_empty(LETS_GO_S):
            assert until(lambda: self._reader.wait_card(0) is None)
            return None
        return self._reader.wait_card(PLENTY_S)

    def open(self, presence: Presence) -> Link:
        self._link = self._wrap(self._reader.open(presence))
        self.left.append(self._link)
        return self._link


@pytest.fixture(scope="session", autouse=True)
def over_the_real_stack(
    card_service: PrivateService, card_slots: tuple[VpcdSlot, ...]
) -> Iterator[None]:
    """Every desk of chips has a slot of the real stack."""
    assert card_service.ports
    room = PcscRoom(watchdog_s=WATCHDOG_S)
    kind = partial(RealReader, room, card_slots[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ChipDesk, "reader_kind", staticmethod(cast("type[VirtualReader]", kind)))
        yield
    card_slots[0].pull()
    room.close()
