"""What the window asks for the cards of fitters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.shift import Approval
from cardstation.domain.tool_book import ToolOrder, ToolRecord
from cardstation.domain.tool_slip import ToolSlip
from cardstation.domain.topup import Step
from cardstation.ports.reader import Presence

Watch = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class ToolServices:
    """Tool cards.

    Attributes:
        make: Insertion of a blank, what it is made for, second person, why in words.
        take_back: Insertion, second person, why, and whether also with a use no meter ended.
        lose: Number, second person, why.
        settle: Number, second person, what the meters show.
        out: Those that are out; True = every one.
        print_slip: Files and prints the slip; returns the file.
    """

    make: Callable[[Presence, ToolOrder, Approval, str, Watch], ToolSlip]
    take_back: Callable[[Presence, Approval, str, bool, Watch], ToolSlip]
    lose: Callable[[str, Approval, str], ToolRecord]
    settle: Callable[[str, Approval, str], ToolRecord]
    out: Callable[[bool], tuple[ToolRecord, ...]]
    print_slip: Callable[[ToolSlip], Path]
