"""What a meter of purse cards asks of its module and of a card before it looks into the purse.

Steps and numbers are those of the published protocol (reference cards 6.3, steps 1 to 4). A card
whose type is none of the three is told before its numbers are read.
"""

from __future__ import annotations

from drivers.keys.purse_keys import PurseMasters
from drivers.keys.secret import Secret
from drivers.purses.gas_content import Purpose
from drivers.purses.gas_files import PARAMETERS, unframed
from drivers.purses.opencpu_volume import VOLUME_APPLICATION
from drivers.virtual.apdu import OK, Apdu
from drivers.virtual.cpu_cells import Tried
from drivers.virtual.gas_card import APPLICATION, SELECT
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.volume_purse import VirtualVolumePurse

PURPOSE_AT = 0x26
WAITS = b"\x61"


def module_error(module: PurseMasters | None) -> MeterError:
    """Why a meter without a module that works reads no card.

    Args:
        module: The masters in it; None = it does not answer.
    """
    if module is None:
        return MeterError.MODULE
    return MeterError.MODULE_KEYS if module.internal is None else MeterError.NONE


def card_error(chip: VirtualPurseCard, module: PurseMasters) -> MeterError:
    """Why a powered card is not read any further, NONE when it is.

    Raises:
        Refusal: `card_damaged`: the parameter file is no such file. Torn: the power was cut.
    """
    if not _selected(chip):
        return MeterError.NOT_AUTHORISED
    if not _same(chip, module, module.internal, chip.issued_from.internal):
        return MeterError.CARD_PROOF
    content = chip.content(PARAMETERS)
    if not any(content):
        return MeterError.NOT_ISSUED
    purpose = unframed(content)[PURPOSE_AT:][:1]
    locked = not chip.state.tries[Tried.KEY.value]
    if locked or not _same(chip, module, module.external, chip.issued_from.external):
        return MeterError.METER_PROOF
    if chip.wants_pin:
        return MeterError.NOT_AUTHORISED
    if not _same(chip, module, module.line, chip.issued_from.line):
        return MeterError.MAC
    return MeterError.NONE if int.from_bytes(purpose) in set(Purpose) else MeterError.TYPE


def _selected(chip: VirtualPurseCard) -> bool:
    volume = isinstance(chip, VirtualVolumePurse)
    application = VOLUME_APPLICATION if volume else APPLICATION
    told = chip.answer(Apdu(0x00, SELECT, 0x00, 0x00, application, None))
    return told.endswith(OK) or told.startswith(WAITS)


def _same(
    chip: VirtualPurseCard, module: PurseMasters, ours: Secret | None, theirs: Secret | None
) -> bool:
    """The module derives the key that the card was issued with."""
    if ours is None or theirs is None:
        return False
    return module.of(ours, chip.serial) == chip.issued_from.of(theirs, chip.serial)
