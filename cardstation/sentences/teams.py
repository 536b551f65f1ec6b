"""Sentences about service teams: whose community it is, and how far a desk goes offline."""

from __future__ import annotations

from cardstation.sentences.phrases import NO_MONEY, PICK_OTHER, SAFE, Words

HEARD_ONCE = "Bring the desk to a network: once the ledger answers, selling goes on at once."

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
    "grant_missing": Words(
        "No offline grant",
        "The ledger does not answer, and this desk has no grant to sell unheard: it got none yet, "
        "or its computer was started anew since.",
        NO_MONEY,
        HEARD_ONCE,
    ),
    "grant_over": Words(
        "Offline grant is over",
        "The ledger does not answer, and the hours in which this desk may sell unheard are over.",
        NO_MONEY,
        HEARD_ONCE,
    ),
    "grant_used_up": Words(
        "Offline grant used up",
        "The ledger does not answer, and what this desk may sell unheard is used up, too little "
        "for this sale, or still granted to it as it was before its computer was started anew.",
        NO_MONEY,
        HEARD_ONCE,
    ),
    "grant_card_cap": Words(
        "Too much for one card",
        "The ledger does not answer, and no card is sold so much unheard.",
        NO_MONEY,
        "Sell less to this card, or bring the desk to a network.",
    ),
    "grant_list_old": Words(
        "List of blocked cards too old",
        "The ledger does not answer, and this desk's list of blocked cards is too old "
        "to sell unheard.",
        NO_MONEY,
        HEARD_ONCE,
    ),
    "paid_without_grant": Words(
        "Paid, waits for the ledger",
        "The money was taken, then the ledger did not answer: {reason}. Nothing was written.",
        "{fen} stays on record for card {card_no}.",
        "Bring the desk to a network and put the card in again; or refund it, two people.",
    ),
    "grant_not_ours": Words(
        "Grant of another desk",
        "The ledger told this desk a grant that names another station, epoch or key.",
        SAFE,
        "Send again. If it comes back, enrol this desk anew.",
    ),
    "grant_older": Words(
        "Older grant",
        "The ledger told this desk a grant that is older than the one it has.",
        SAFE,
        "The newer one goes on. Look at the clock of the ledger's machine.",
    ),
}
