"""What the window asks for a change of meter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardstation.domain.card_slip import CardSlip
from cardstation.domain.meter_change import Carried, FinalReading, MeterChangeSlip, NewMeter
from cardstation.domain.shift import Approval
from cardstation.domain.topup import Step
from cardstation.ports.reader import Presence


@dataclass(frozen=True, slots=True)
class MeterServices:
    """Another meter for a household.

    Attributes:
        reckon: Account, new meter, what the old one showed, and its number where the directory has
            the new one already: what is due for the new one.
        change: The same, with what both agreed to, the second person, and why.
        card: The insertion and the account: its card is written for the meter on file.
        cancel: Account, second person, why.
        print_form: Files and prints the form of a change or its cancelling.
    """

    reckon: Callable[[str, NewMeter, FinalReading, str], Carried]
    change: Callable[[str, NewMeter, FinalReading, str, Carried, Approval, str], MeterChangeSlip]
    card: Callable[[Presence, str, Callable[[Step], None]], CardSlip]
    cancel: Callable[[str, Approval, str], MeterChangeSlip]
    print_form: Callable[[MeterChangeSlip], Path]
