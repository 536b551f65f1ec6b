"""Reads the file of a channel that sells beside the desks: a loading machine, a bank, a phone app.

A row is one purchase: the channel's own number of it, the card or the paid order, the purchase
counter it left on the card, money and gas. A row that cannot be read is said with its line, and
the others are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cardstation.central.reconcile.rows import BadRow, Said, rows_of
from cardstation.central.reconcile.values import (
    NotReadable,
    counter_of,
    fen_of,
    litres_of,
    moment_of,
)

HEADINGS: dict[str, tuple[str, ...]] = {
    "ref": ("流水号", "交易流水号", "交易流水", "流水", "交易号", "ref", "reference", "serial"),
    "at": ("交易时间", "充值时间", "圈存时间", "时间", "交易日期", "日期", "time", "date", "at"),
    "card_no": ("卡号", "燃气卡号", "ic卡号", "卡编号", "cardno", "card", "cardnumber"),
    "meter_no": ("表号", "气表编号", "表编号", "表具号", "meterno", "meter", "meternumber"),
    "counter": ("购气次数", "卡次数", "充值次数", "次数", "counter", "purchaseno"),
    "fen": ("交易金额", "实收金额", "购气金额", "金额", "amount", "yuan"),
    "litres": ("购气量", "气量", "充值气量", "方量", "volume", "gas", "m3"),
    "order_id": ("订单号", "圈存订单号", "商户订单号", "orderid", "order"),
}
"""What each column may be called, the surest word first; units in brackets are left out."""


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One purchase of a channel.

    Attributes:
        ref: The channel's own number of it. counter: On the card after it, None = not said.
        order_id: Of a paid order, empty = none. With a counter the channel also loaded it.
    """

    line: int
    ref: str
    at: datetime | None
    card_no: str
    meter_no: str
    counter: int | None
    fen: int
    litres: int
    order_id: str


@dataclass(frozen=True, slots=True)
class ChannelFile:
    """What a file holds."""

    rows: tuple[ChannelRow, ...]
    bad: tuple[BadRow, ...]

    @property
    def fen(self) -> int:
        """Money of all rows."""
        return sum(one.fen for one in self.rows)


def read_channel_file(raw: bytes) -> ChannelFile:
    """Read a channel's file.

    Raises:
        Refusal: `file_unreadable`, `file_too_large`, `file_columns` naming what is missing.
    """
    return ChannelFile(
        *rows_of(
            raw, HEADINGS, _row, needed=("ref", "fen"), one_of=("card_no", "meter_no", "order_id")
        )
    )


def _row(number: int, said: Said) -> ChannelRow:
    fen = fen_of(said["fen"])
    if fen <= 0:
        raise NotReadable("row_amount")
    if not (said["card_no"] or said["meter_no"] or said["order_id"]):
        raise NotReadable("row_card_missing")
    return ChannelRow(
        line=number,
        ref=said["ref"],
        at=moment_of(said["at"]),
        card_no=said["card_no"],
        meter_no=said["meter_no"],
        counter=counter_of(said["counter"]),
        fen=fen,
        litres=litres_of(said["litres"]),
        order_id=said["order_id"],
    )
