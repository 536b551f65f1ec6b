"""Sentences about service teams: whose community it is, and how far a desk goes offline."""

from __future__ import annotations

from cardstation.sentences.phrases import NO_MONEY, PICK_OTHER, SAFE, Words

TABLE = {
    "unknown_community": Words(
        "Community not found",
        "No household of the directory lives in {community}.",
        SAFE,
        PICK_OTHER,
    ),
    "offline_limit_reached": Words(
        "Offline quota used up",
        "The ledger has not heard of this desk's latest sales for too long or for too much money.",
        NO_MONEY,
        "Bring the desk to a network: it sends by itself, and selling goes on at once.",
    ),
}
