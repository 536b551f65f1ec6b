"""What the page of a bag asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.custody import Explanation, HandOver
from cardstation.domain.custody_trace import BagTrace
from cardstation.domain.shift import Approval
from cardstation.services.custody_state import CustodyState
from cardstation.services.hand_over import HandOverRequest


@dataclass(frozen=True, slots=True)
class ReturnMade:
    """The papers of a return, and whether a printer took them or they are only filed."""

    paths: tuple[Path, ...]
    printed: bool


@dataclass(frozen=True, slots=True)
class BagServices:
    """Custody of a batch's cards; every paper is filed, and printed where a printer is set.

    Attributes:
        hand_over: Cards that came or went on. give_back: a return, which may close the batch.
        photograph: The photo of a signed paper, by its hand-over's number; 0 = the oldest due.
        label: Of the next bag. slip: of one hand-over, by its number.
        collect: A sealed bag whose list lies at another desk. collected: as it was recorded here,
            None if it was not. count_again: seal, cards, why, and cards as the giver says.
        trace: Who has the bag with a seal, of whichever station.
        print_return: Batch, strips per floor or not, why all of it once more (or empty), and who is
            told how many papers are done.
    """

    state: Callable[[str], CustodyState]
    hand_over: Callable[[str, HandOverRequest], CustodyState]
    give_back: Callable[[str, HandOverRequest], CustodyState]
    photograph: Callable[[str, int, bytes], CustodyState]
    explain: Callable[[str, Explanation, Approval | None], CustodyState]
    close: Callable[[str], CustodyState]
    collect: Callable[[HandOverRequest], BagTrace]
    collected: Callable[[str], HandOver | None]
    count_again: Callable[[str, int, str, int | None], BagTrace]
    trace: Callable[[str], BagTrace]
    label: Callable[[str], Path]
    slip: Callable[[str, int], Path]
    annex: Callable[[str], Path]
    print_return: Callable[[str, bool, str, Callable[[int, int], None]], ReturnMade]
