"""The shape of an entry, and the phrases that many entries share.

What a phrase says about the money must stay true wherever it is used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """English of one code: a headline, what happened, what it means for the money, what to do."""

    brief: str
    what: str
    money: str
    todo: str


NOTHING = "Nothing was written to the card; money already received stays on record."
NO_MONEY = "Nothing was charged for this."
KEPT = "Money already taken is on record and waits; nothing is charged twice."
FINISHED = "It will be finished; nothing is charged twice."
SAFE = "Money and records are not affected."
ROW_FREE = "Nothing is charged for this row."
LINE_WAITS = "The money of its line stays on record and waits for the right card."
STORED = "Every sale is safe on this station and will be sent later."
WAITS_FOR_ANSWER = "Nothing is charged for this row until the question is answered."
FROZEN_CARD = "Nothing is written to this card and nothing is paid back until a person has looked."
FROZEN = "Money already taken stays on record; nothing new is sold."

SAME_CARD = "Put the same card back in."
ASIDE = "Take the card out and lay it with the exceptions."
ASK_MANAGER = "Ask the property manager, then decide the row or take in a newer list of the batch."
DESK = "Ask the household to come to the service hall."
SUPERVISOR = "Stop and call the supervisor; leave everything as it is."
SYNC = "Go on working; check the network, the station sends by itself."
RIGHT_CARD = "Take this card out and put in the right one."
PICK_OTHER = "Correct the entry and try again."
