"""Hand-overs as a desk must record them: counted, named, signed."""

from __future__ import annotations

from typing import Any

from cardstation.domain.custody import Party
from cardstation.services.custody_state import CustodyState, custody_state
from cardstation.services.hand_over import HandOverRequest, expected_of, hand_over
from cardstation.services.return_batch import return_batch
from cardstation.services.station import Station

SIGNED = b"\x89PNG\r\n\x1a\n" + b"a signature"
ON_PAPER: dict[str, Any] = {"given_picture": b"", "taken_picture": b"", "on_paper": True}


def counted(state: CustodyState, giver: Party, taker: Party, **said: Any) -> HandOverRequest:
    """As many as our books say, where `said` tells no other count; named and signed by both."""
    held, count = expected_of(state.custody, giver, taker)
    if said.get("places") is not None:
        held, count = said["places"], len(said["places"])
    extras, missing = len(said.get("extras", ())), len(said.get("missing", ()))
    expected = said.get("expected")
    expected = count + extras * (giver is Party.DESK) if expected is None else expected
    lack_new = max(0, missing - max(0, len(held) - expected))
    there = expected - lack_new + extras * (giver is not Party.DESK)
    known = {"arrived": there, "given_by": "陈国栋", "taken_by": "李建国"}
    signed = {"given_picture": SIGNED, "taken_picture": SIGNED}
    return HandOverRequest(giver, taker, **(known | signed | said))


def hand(station: Station, batch_id: str, giver: Party, taker: Party, **said: Any) -> CustodyState:
    """Record a hand-over in good order."""
    asked = counted(custody_state(station, batch_id), giver, taker, **said)
    return hand_over(station, batch_id, asked)


def go_back(
    station: Station,
    batch_id: str,
    giver: Party = Party.DESK,
    taker: Party = Party.MANAGER,
    **said: Any,
) -> CustodyState:
    """Record a return in good order; the last one closes the batch if it can."""
    asked = counted(custody_state(station, batch_id), giver, taker, **said)
    return return_batch(station, batch_id, asked)
