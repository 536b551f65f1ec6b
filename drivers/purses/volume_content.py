"""The two files of our open CPU card for volume meters: as the money card's, with more room.

Two transformer ratios of the published protocol mean nothing to gas. Their six bytes and the six
of the meter number after them hold a meter number of up to twelve printable characters here. As
the file's sum of bytes does not tell two bytes in each other's places, a CRC16 of the whole stands
in bytes that the protocol reserves. Amounts are litres where the money card has fen.
"""

from __future__ import annotations

import binascii
from dataclasses import replace

from cardstation.errors import Refusal
from drivers.purses.gas_content import NUMBER_BYTES, Parameters, Returned, has_head
from drivers.purses.gas_files import framed, unframed

NUMBER_ROOM = 2 * NUMBER_BYTES
_NO_NUMBER = "0" * NUMBER_ROOM
_WITHOUT = bytes.fromhex("000001000001") + bytes(NUMBER_BYTES)
"""The ratios and the number as the money card's file has them when they say nothing."""

_NUMBER_IN_PARAMETERS, _CRC_IN_PARAMETERS = slice(20, 32), slice(2, 4)
_NUMBER_IN_RETURNED, _CRC_IN_RETURNED = slice(1, 13), slice(31, 33)


def parameters_to_bytes(parameters: Parameters) -> bytes:
    """File 81 of a volume card.

    Raises:
        Refusal: `field_does_not_fit`: the meter number.
    """
    plain = replace(parameters, meter_no=_NO_NUMBER).to_bytes()
    return _put(plain, Parameters.COMMAND, _NUMBER_IN_PARAMETERS, _CRC_IN_PARAMETERS, parameters)


def parameters_of(content: bytes) -> Parameters:
    """Read file 81 of a volume card.

    Raises:
        Refusal: code `card_damaged`.
    """
    plain, number = _taken(content, Parameters.COMMAND, _NUMBER_IN_PARAMETERS, _CRC_IN_PARAMETERS)
    return replace(Parameters.of(plain), meter_no=number)


def returned_to_bytes(returned: Returned) -> bytes:
    """File 85 of a volume card.

    Raises:
        Refusal: `field_does_not_fit`: the meter number.
    """
    plain = replace(returned, meter_no=_NO_NUMBER).to_bytes()
    return _put(plain, Returned.COMMAND, _NUMBER_IN_RETURNED, _CRC_IN_RETURNED, returned)


def returned_of(content: bytes) -> Returned | None:
    """Read file 85 of a volume card; None where a desk cleared it, or began to.

    Raises:
        Refusal: code `card_damaged`.
    """
    if not has_head(content):
        return None
    plain, number = _taken(content, Returned.COMMAND, _NUMBER_IN_RETURNED, _CRC_IN_RETURNED)
    found = Returned.of(plain)
    return None if found is None else replace(found, meter_no=number)


def _put(
    plain: bytes, command: int, number: slice, crc: slice, told: Parameters | Returned
) -> bytes:
    body = bytearray(unframed(plain))
    body[number] = _text(told.meter_no)
    body[crc] = _crc(body)
    return framed(bytes(body), command)


def _taken(content: bytes, command: int, number: slice, crc: slice) -> tuple[bytes, str]:
    """The file as the money card has it, and the meter number."""
    body = bytearray(unframed(content))
    kept = bytes(body[crc])
    body[crc] = bytes(len(kept))
    text = bytes(body[number])
    if (
        len(kept) != 2
        or _crc(body) != kept
        or not text.isascii()
        or not text.decode().isprintable()
    ):
        raise Refusal("card_damaged")
    body[number] = _WITHOUT
    return framed(bytes(body), command), text.decode().rstrip(" ")


def _crc(body: bytearray) -> bytes:
    """CRC-16/CCITT-FALSE over the body, its own place being zero."""
    return binascii.crc_hqx(bytes(body), 0xFFFF).to_bytes(2)


def _text(meter_no: str) -> bytes:
    fits = len(meter_no) <= NUMBER_ROOM and meter_no.isascii() and meter_no.isprintable()
    if not meter_no or not fits:
        raise Refusal("field_does_not_fit", field="meter_no", value=meter_no)
    return meter_no.encode().ljust(NUMBER_ROOM)
