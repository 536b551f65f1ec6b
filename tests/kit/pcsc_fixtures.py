"""A private PC/SC service for the worker, and a room and two slots for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.readers.pcsc import PcscRoom
from drivers.virtual.service import SOCKET_VARIABLE, PrivateService
from drivers.virtual.vpcd import GAP_S, VpcdSlot
from tests.kit.pcsc import PLENTY_S, Bench, need_real_stack, until

WATCHDOG_S = 3.0


@pytest.fixture(scope="session")
def card_service() -> Iterator[PrivateService]:
    """The worker's own pcscd with two virtual slots."""
    need_real_stack()
    folder = Path(os.environ[SOCKET_VARIABLE]).parent
    with PrivateService(folder=folder) as service:
        yield service


@pytest.fixture(scope="session")
def card_slots(card_service: PrivateService) -> tuple[VpcdSlot, ...]:
    """One hand for every slot, which remembers when it last took a card out."""
    return tuple(VpcdSlot(port=port) for port in card_service.ports)


@pytest.fixture
def bench(card_service: PrivateService, card_slots: tuple[VpcdSlot, ...]) -> Iterator[Bench]:
    """Both slots empty at the start and at the end, the service up."""
    room = PcscRoom(watchdog_s=WATCHDOG_S)
    found = room.readers()
    assert until(lambda: all(reader.wait_card(0) is None for reader in found))
    yield Bench(card_service, room, found, card_slots)
    for slot in card_slots:
        slot.pull()
        slot.gap_s = GAP_S
    room.wait_readers((), PLENTY_S)
    room.close()
