"""What a station tells the centre beside its entries: open cases of its bags, and whose gas lasts.

It is no fact of the books: the newest word stands in the place of the one before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GasLeft:
    """One household's gas, by the numbers the ledger knows it by: no name, no door, no use.

    Attributes:
        counter: The highest purchase counter that is in the figure; a load above it is not.
        out_at: When its gas is used up; None = nobody can know.
        read_at: When its meter wrote what this rests on.
        team, zone: Of its newest bag, or as the directory has them.
    """

    account_no: str
    card_no: str
    counter: int
    out_at: datetime | None
    read_at: datetime
    team: str
    zone: str


@dataclass(frozen=True, slots=True)
class BoardTold:
    """One message.

    Attributes:
        open: Batch → cases that are open for it; a batch without any is left out.
        gas: Of households read since the last message.
        until: Every reading kept here before this moment has been told with it; None = nothing is
            said about that.
    """

    open: Mapping[str, int]
    gas: tuple[GasLeft, ...] = ()
    until: datetime | None = None
