"""The open layout for AT88SC102, volume meters only: two zones that take turns.

The card number and reissue count stand in the issuer zone, which the issuer fuse freezes; maker
and card type in the code-protected zone; all else in both application zones. Meter numbers have
at most twelve digits, capitals, dots, dashes and slashes; times are kept to the minute.
"""

from __future__ import annotations

from drivers.layouts.checks import Check, CheckKind
from drivers.layouts.codec import Block, Declaration, Owner, Place
from drivers.layouts.fields import Encoding, Field
from drivers.layouts.open102_examples import EXAMPLES
from drivers.layouts.open4442 import IDENTITY as OPEN_IDENTITY
from drivers.layouts.open4442 import ISSUED
from drivers.layouts.open4442 import RETURN as OPEN_RETURN
from drivers.layouts.zone_pair import ZonePairLayout

SIZE = 0xB2
EPOCH_S = 1_577_836_800
"""2020-01-01 UTC: three bytes of minutes from there reach into 2051."""
MINUTE_S = 60
M3 = 1000

IDENTITY = Block(
    "identity",
    20,
    (
        Field("card_no", 0, 7, Encoding.BCD),
        Field("generation", 7, 1, Encoding.UINT),
        Field("own", 8, 4, Encoding.MARK, fixed=b"\xff" * 4),
        Field("version", 12, 1, Encoding.CHOICE, ((ISSUED, "1"),)),
        Field("card_type", 13, 1, Encoding.CHOICE, OPEN_IDENTITY.field("card_type").words),
        Field("maker", 14, 4, Encoding.TEXT),
    ),
    Check(CheckKind.CRC16, 18, ((0, 8), (12, 18))),
)

DESK = Block(
    "desk",
    39,
    (
        Field("account_no", 0, 5, Encoding.NUMERAL, digits=12),
        Field("meter_no", 5, 8, Encoding.PACKED),
        Field("alarm", 13, 1, Encoding.UINT, scale=M3),
        Field("hoard", 14, 2, Encoding.UINT, scale=M3),
        Field("overdraft", 16, 1, Encoding.UINT, scale=M3),
        Field("quantity", 17, 3, Encoding.UINT),
        Field("purchase_counter", 20, 2, Encoding.UINT),
        Field("loaded_at", 22, 3, Encoding.TIME, scale=MINUTE_S, plus=EPOCH_S),
        Field("cumulative", 25, 4, Encoding.UINT),
        Field("station_no", 29, 2, Encoding.UINT),
        Field("mark", 31, 4, Encoding.RAW),
        Field("sequence", 37, 1, Encoding.UINT),
    ),
    Check(CheckKind.CRC16, 35, ((0, 35), (37, 38))),
    (Check(CheckKind.INVERSE, 38, ((37, 38),), "inverse"),),
)

ANSWER = Block(
    "answer",
    24,
    (
        Field("purchase_counter", 0, 2, Encoding.UINT),
        Field("taken_mark", 2, 4, Encoding.RAW),
        Field("residual", 6, 3, Encoding.SINT),
        Field("cumulative", 9, 4, Encoding.UINT),
        Field("used", 13, 4, Encoding.UINT),
        Field("flags", 17, 1, Encoding.FLAGS, OPEN_RETURN.field("flags").words),
        Field("error", 18, 1, Encoding.UINT),
        Field("written_at", 19, 3, Encoding.TIME, scale=MINUTE_S, plus=EPOCH_S),
    ),
    Check(CheckKind.CRC16_SET, 22, ((0, 22),)),
)

DECLARATION = Declaration(
    code="open102",
    size=SIZE,
    places=(
        Place("identity", IDENTITY, 0x02, Owner.DESK),
        Place("answer_a", ANSWER, 0x17, Owner.METER),
        Place("desk_a", DESK, 0x2F, Owner.DESK),
        Place("answer_b", ANSWER, 0x5D, Owner.METER),
        Place("desk_b", DESK, 0x75, Owner.DESK),
    ),
    spare=(range(0x16, 0x17), range(0x56, 0x5D), range(0x9C, SIZE)),
    orders={},
    chip="at88sc102",
    first=0x02,
)

OPEN102 = ZonePairLayout(DECLARATION, EXAMPLES)
