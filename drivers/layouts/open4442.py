"""The open layout for SLE4442, byte by byte, as data (drawn in docs/card-layouts.md)."""

from __future__ import annotations

from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import Block, Declaration, Operation, Owner, Place, Step
from drivers.layouts.fields import Encoding, Field
from drivers.layouts.open4442_examples import EXAMPLES
from drivers.layouts.records import PRICE_STEPS
from drivers.layouts.two_slot import TwoSlotLayout

ISSUE_BEGUN = b"\xfe"
ISSUED = 0xFC
"""The version byte loses one bit when an issue begins and one more when it is complete, so it
has no state between the three."""

KINDS = ((0x56, "volume"), (0x4D, "money"))
"""`V` and `M`: neither can turn into the other while it is erased or programmed."""

_ERASED = b"\xff"

IDENTITY = Block(
    "identity",
    34,
    (
        Field("version", 0, 1, Encoding.CHOICE, ((ISSUED, "1"),)),
        Field("maker", 1, 4, Encoding.TEXT),
        Field(
            "card_type",
            5,
            1,
            Encoding.CHOICE,
            ((0x4F, "opening"), (0x55, "user"), (0x52, "reissue")),
        ),
        Field("card_no", 6, 7, Encoding.BCD),
        Field("account_no", 13, 6, Encoding.BCD),
        Field("meter_no", 19, 12, Encoding.TEXT),
        Field("generation", 31, 1, Encoding.UINT),
    ),
    Check(CheckKind.CRC16, 32, ((0, 32),)),
)

LIMITS = Block(
    "limits",
    14,
    (
        Field("unit", 0, 1, Encoding.CHOICE, KINDS),
        Field("alarm", 1, 3, Encoding.UINT),
        Field("hoard", 4, 4, Encoding.UINT),
        Field("overdraft", 8, 4, Encoding.UINT),
    ),
    Check(CheckKind.CRC16, 12, ((0, 12),)),
)

CREDIT = Block(
    "credit",
    24,
    (
        Field("kind", 0, 1, Encoding.CHOICE, KINDS),
        Field("quantity", 1, 4, Encoding.UINT),
        Field("purchase_counter", 5, 2, Encoding.UINT),
        Field("loaded_at", 7, 4, Encoding.TIME),
        Field("cumulative", 11, 4, Encoding.UINT),
        Field("station_no", 15, 2, Encoding.UINT),
        Field("mark", 17, 4, Encoding.RAW),
        Field("sequence", 23, 1, Encoding.UINT),
    ),
    Check(CheckKind.CRC16, 21, ((0, 21), (23, 24))),
)

RETURN = Block(
    "return",
    40,
    (
        Field("kind", 0, 1, Encoding.CHOICE, KINDS),
        Field("meter_no", 1, 12, Encoding.TEXT),
        Field("purchase_counter", 13, 2, Encoding.UINT),
        Field("taken_mark", 15, 4, Encoding.RAW),
        Field("residual", 19, 4, Encoding.SINT),
        Field("cumulative", 23, 4, Encoding.UINT),
        Field("used", 27, 4, Encoding.UINT),
        Field(
            "flags",
            31,
            1,
            Encoding.FLAGS,
            (
                (0, "low_battery"),
                (1, "magnet"),
                (2, "valve_closed"),
                (3, "over_age"),
                (4, "metal_plate"),
                (5, "fault"),
            ),
        ),
        Field("error", 32, 1, Encoding.UINT),
        Field("written_at", 33, 4, Encoding.TIME),
        Field("sequence", 39, 1, Encoding.UINT),
    ),
    Check(CheckKind.CRC16, 37, ((0, 37), (39, 40))),
)

PRICE = Block(
    "price",
    34,
    (
        Field("scheme", 0, 1, Encoding.UINT),
        Field("count", 1, 1, Encoding.UINT),
        *(
            field
            for step in range(PRICE_STEPS)
            for field in (
                Field(f"to_{step + 1}", 2 + 6 * step, 3, Encoding.UINT),
                Field(f"price_{step + 1}", 5 + 6 * step, 3, Encoding.UINT),
            )
        ),
    ),
    Check(CheckKind.CRC16, 32, ((0, 32),)),
)

_SLOT = (Step("inactive", "kind", "check"), Step("inactive", "sequence", "sequence"))

DECLARATION = Declaration(
    code="open4442",
    size=256,
    places=(
        Place("identity", IDENTITY, 0x20, Owner.DESK),
        Place("limits", LIMITS, 0x42, Owner.DESK),
        Place("credit_a", CREDIT, 0x50, Owner.DESK),
        Place("credit_b", CREDIT, 0x68, Owner.DESK),
        Place("return_a", RETURN, 0x80, Owner.METER),
        Place("return_b", RETURN, 0xA8, Owner.METER),
        Place("price", PRICE, 0xD0, Owner.DESK),
    ),
    spare=(range(0xF2, 0x100),),
    orders={
        Operation.LOAD: _SLOT,
        Operation.CLEAR: (*_SLOT, Step("current", "kind", "kind", _ERASED)),
        Operation.RETURN: _SLOT,
        Operation.ISSUE: (
            Step("identity", "version", "version", ISSUE_BEGUN),
            Step("limits", "unit", "check"),
            Step("price", "scheme", "check"),
            Step("credit_a", "kind", "sequence"),
            Step("credit_b", "kind", "sequence"),
            Step("return_a", "kind", "sequence"),
            Step("return_b", "kind", "sequence"),
            Step("identity", "maker", "check"),
            Step("identity", "version", "version"),
        ),
    },
)

OPEN4442 = TwoSlotLayout(DECLARATION, EXAMPLES)
