"""A purse's meter says what is wrong by the numbers of the published protocol, and does nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from cardstation.domain.card import Span
from cardstation.domain.household import Household
from drivers.keys.purse_keys import training_masters
from drivers.keys.secret import Secret
from drivers.purses.gas_content import CLEARED
from drivers.purses.gas_files import PARAMETERS, RETURNED, framed, unframed
from drivers.virtual import VirtualCard
from drivers.virtual.cpu_cells import Tried
from drivers.virtual.meter_errors import MeterError, shown_as
from drivers.virtual.meter_rules import Taking
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_meter import PurseMeter, purse_in
from drivers.virtual.volume_purse_maker import make_purse_of
from tests.kit.purses import AT, order
from tests.unit.test_volume_purse import HOME, MONEY_HOME

Fault = Callable[[PurseMeter, VirtualPurseCard], None]
OTHER = Secret(bytes(range(16)))


def module(**keys: Secret | None) -> Fault:
    def put(meter: PurseMeter, _: VirtualPurseCard) -> None:
        meter.module = replace(training_masters(), **keys)

    return put


def silent(meter: PurseMeter, _: VirtualPurseCard) -> None:
    meter.module = None


def locked_key(_: PurseMeter, chip: VirtualPurseCard) -> None:
    chip._put(chip.state.with_tries(Tried.KEY, 0))


def blocked(_: PurseMeter, chip: VirtualPurseCard) -> None:
    chip.block()


def with_pin(_: PurseMeter, chip: VirtualPurseCard) -> None:
    chip._pin = b"\x12\x34"


def never_issued(_: PurseMeter, chip: VirtualPurseCard) -> None:
    at = chip.place(PARAMETERS)
    chip.main[at : at + PARAMETERS.size] = bytes(PARAMETERS.size)


def of_type(number: int) -> Fault:
    def write(_: PurseMeter, chip: VirtualPurseCard) -> None:
        body = bytearray(unframed(chip.content(PARAMETERS)))
        body[0x26] = number
        at = chip.place(PARAMETERS)
        chip.main[at : at + PARAMETERS.size] = framed(bytes(body))

    return write


def spoilt(_: PurseMeter, chip: VirtualPurseCard) -> None:
    chip.main[chip.place(PARAMETERS) + 1] ^= 0xFF


FAULTS: list[tuple[Fault, int, str]] = [
    (silent, 2, "Err-31"),
    (module(internal=None), 3, "Err-31"),
    (module(internal=OTHER), 5, "Err-32"),
    (module(external=OTHER), 6, "Err-32"),
    (locked_key, 6, "Err-32"),
    (never_issued, 7, "Err-32"),
    (of_type(4), 8, "Err-32"),
    (of_type(0), 8, "Err-32"),
    (blocked, 9, "Err-32"),
    (with_pin, 9, "Err-32"),
    (module(line=OTHER), 10, "Err-32"),
    (spoilt, 14, "Err-34"),
]


def filled(home: Household) -> VirtualCard:
    card = make_purse_of(home)
    chip = purse_in(card)
    chip.power_up()
    chip.host_write([Span(chip.place(RETURNED), CLEARED)])
    chip._loaded(order(35_000), bytes(4))
    chip.power_off()
    return card


@pytest.mark.parametrize("home", [HOME, MONEY_HOME], ids=lambda one: one.meter.kind.value)
@pytest.mark.parametrize(("fault", "error", "shown"), FAULTS)
def test_what_is_wrong_has_its_number_and_nothing_is_done(
    home: Household, fault: Fault, error: int, shown: str
) -> None:
    card = filled(home)
    chip, meter = purse_in(card), PurseMeter.of_purse(card)
    fault(meter, chip)
    before = {name: bytes(kept) for name, kept in chip.memories.items()}
    verdict = meter.take(card, at=AT)
    assert (verdict.error, verdict.taking, verdict.written) == (error, Taking.REFUSED, False)
    assert shown_as(verdict.error) == shown
    assert meter.state.error == error
    assert {name: bytes(kept) for name, kept in chip.memories.items()} == before
    assert meter.state.cumulative == 0


def test_once_it_is_mended_the_same_card_is_taken() -> None:
    card = filled(HOME)
    meter = PurseMeter.of_purse(card)
    silent(meter, purse_in(card))
    assert meter.take(card, at=AT).error == MeterError.MODULE
    meter.module = training_masters()
    assert meter.take(card, at=AT).credited
