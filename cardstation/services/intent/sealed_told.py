"""Reads what a station without the list recorded under a seal; nothing of it is believed unread."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

from cardstation.domain.batch_life import BatchStep, Step
from cardstation.domain.custody import RECOUNTS, HandOver, Party, Photographed, Recounted
from cardstation.domain.ledger import Entry
from cardstation.domain.seal_number import read_seal
from cardstation.errors import Defect, Refusal
from cardstation.services.intent.moved import moved_of, recount_of
from cardstation.store.frozen import thaw

MOST_CARDS = 100_000
AT_THE_DOOR = ((Party.MANAGER, Party.TEAM), (Party.TEAM, Party.MANAGER))
"""Hand-overs at which no desk is."""
Told = HandOver | Photographed | Recounted
_DIGEST = re.compile(r"[0-9a-f]{64}")


def told_in(entry: Entry) -> Told | None:
    """A hand-over, or the photo or another count of one; None where it is not to be believed."""
    with suppress(ValueError, KeyError, TypeError, AttributeError, Defect, Refusal):
        datetime.fromisoformat(entry.at)
        read_seal(entry.subject)
        step = thaw(BatchStep, entry.detail)
        if step.step is Step.PHOTOGRAPHED:
            photo = thaw(Photographed, step.detail)
            return photo if _DIGEST.fullmatch(photo.photo) and _are_whole(photo.number) else None
        again = recount_of(step)
        if again is not None:
            known = again.reason in RECOUNTS and _are_whole(again.number, again.before)
            return again if known and _is_count(again) else None
        told = moved_of(step)
        if isinstance(told, HandOver) and told.seal_no == entry.subject and _is_sound(told):
            return told
    return None


def _is_sound(told: HandOver) -> bool:
    texts = (told.given_signed, told.taken_signed)
    return (
        (told.giver, told.taker) in AT_THE_DOOR
        and _is_count(told)
        and all(isinstance(one, str) for one in (*texts, told.people))
        and not (told.places or told.missing or told.extras)
    )


def _is_count(told: HandOver | Recounted) -> bool:
    counts = (told.arrived, told.expected)
    return (
        _are_whole(*counts) and 0 < told.arrived <= MOST_CARDS and 0 <= told.expected <= MOST_CARDS
    )


def _are_whole(*found: object) -> bool:
    return all(type(one) is int for one in found)
