"""The blocks of the open layout for chips that change a page or a block of memory as one.

Such a chip knows no byte "written last". So a slot ends with a page of its own, the *seal*: check
value, sequence, and both once more with every bit turned over. While a page is erased bits only
rise, while it is programmed they only fall; a bit and its inverse cannot both hold before the
last one is programmed. A torn seal is therefore no seal, whatever the body before it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import Block, Declaration, Operation, Owner, Place, Step
from drivers.layouts.fields import Encoding, Field
from drivers.layouts.open4442 import CREDIT, IDENTITY, ISSUE_BEGUN, LIMITS, PRICE, RETURN

BODY_PAD = "body_pad"
SEAL_PAD = "seal_pad"

_SLOT = (Step("inactive", "kind", BODY_PAD), Step("inactive", "check", SEAL_PAD))
_ISSUE = (
    Step("identity", "version", "version", ISSUE_BEGUN),
    Step("limits", "unit", BODY_PAD),
    Step("price", "scheme", BODY_PAD),
    Step("credit_a", "kind", SEAL_PAD),
    Step("credit_b", "kind", SEAL_PAD),
    Step("return_a", "kind", SEAL_PAD),
    Step("return_b", "kind", SEAL_PAD),
    Step("identity", "maker", BODY_PAD),
    Step("identity", "version", "version"),
)


def sealed_declaration(
    code: str, chip: str, *, size: int, page: int, first: int = 0
) -> Declaration:
    """The open layout on a chip with pages, its places one after another from `first` on.

    Args:
        code: Of the layout.
        chip: Name of its driver.
        size: Bytes of an image.
        page: Bytes the chip changes as one.
        first: Addresses below are the chip's own.
    """
    blocks = [
        ("identity", _padded(IDENTITY, page), Owner.DESK),
        ("limits", _padded(LIMITS, page), Owner.DESK),
        ("credit_a", _sealed(CREDIT, page), Owner.DESK),
        ("credit_b", _sealed(CREDIT, page), Owner.DESK),
        ("return_a", _sealed(RETURN, page), Owner.METER),
        ("return_b", _sealed(RETURN, page), Owner.METER),
        ("price", _padded(PRICE, page), Owner.DESK),
    ]
    places, at = [], first
    for name, block, owner in blocks:
        places.append(Place(name, block, at, owner))
        at += block.size
    spare = (range(at, size),) if at < size else ()
    orders = _orders(places)
    return Declaration(code, size, tuple(places), spare, orders, chip=chip, first=first)


def _orders(places: Sequence[Place]) -> Mapping[Operation, tuple[Step, ...]]:
    """Whole pages only, so that writing the same once more mends all that a tear disturbed."""
    credit = next(place.block for place in places if place.name == "credit_a")
    first, stop = credit.reach("kind", BODY_PAD)
    taken_back = Step("current", "kind", BODY_PAD, b"\xff" * (stop - first))
    return {
        Operation.LOAD: _SLOT,
        Operation.CLEAR: (*_SLOT, taken_back),
        Operation.RETURN: _SLOT,
        Operation.ISSUE: _ISSUE,
    }


def _pad(name: str, start: int, page: int) -> tuple[Field, ...]:
    width = -start % page
    return (Field(name, start, width, Encoding.MARK, fixed=b"\xff" * width),) if width else ()


def _padded(block: Block, page: int) -> Block:
    pads = _pad(BODY_PAD, block.size, page)
    return Block(block.name, _end(pads, block.size), (*block.fields, *pads), block.check)


def _sealed(block: Block, page: int) -> Block:
    body = tuple(field for field in block.fields if field.name != "sequence")
    length = sum(field.width for field in body)
    pads = _pad(BODY_PAD, length, page)
    seal = _end(pads, length)
    sequence = Field("sequence", seal + 2, 1, Encoding.UINT)
    rest = _pad(SEAL_PAD, seal + 6, page)
    return Block(
        block.name,
        _end(rest, seal + 6),
        (*body, *pads, sequence, *rest),
        Check(CheckKind.CRC16, seal, ((0, length), (seal + 2, seal + 3))),
        (Check(CheckKind.INVERSE, seal + 3, ((seal, seal + 3),), "inverse"),),
    )


def _end(pads: Sequence[Field], otherwise: int) -> int:
    return pads[-1].offset + pads[-1].width if pads else otherwise
