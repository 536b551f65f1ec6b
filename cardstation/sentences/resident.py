"""Says to a resident, not to a clerk, why a card was not topped up and what to do now."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.i18n import Translator

_NAME = (
    "The details on the list do not agree with our records.",
    "Please check your account number and room, and hand the card in again.",
)
_CARD = (
    "The card could not be read.",
    "Please bring it to the service hall; it is replaced there.",
)
_TORN = (
    "The top-up of this card is not finished; its money is kept.",
    "Please do not use the card; we come back to you.",
)
_PAID = ("No payment for this card reached us.", "Please pay, and hand the card in again.")
_AMOUNT = (
    "The amount asked for is not clear.",
    "Please say how much gas you want, and hand the card in again.",
)
_TAKEN = (
    "The last load on this card has not been taken by your meter yet.",
    "Please insert the card into your meter and wait for its signal, then hand it in again.",
)
_ACCOUNT = (
    "This account cannot buy gas by card at present.",
    "Please call or visit the service hall with your account number.",
)
_OLD = (
    "A newer card exists for this meter; the card handed in no longer counts.",
    "Please hand in the newer card, or come to the service hall.",
)
_METER = (
    "The gas meter was changed; the card is still the one of the old meter.",
    "Please come to the service hall: the card is written for the new meter.",
)
_MUCH = (
    "The amount asked for is more than may be bought now.",
    "Please ask for less, and hand the card in again.",
)
_CHIP = (
    "This kind of card cannot be topped up by us yet.",
    "Please top it up at the service hall.",
)
_NOT_RUN = (
    "Your card comes back as it was; it was not processed.",
    "Please hand it in with the next collection.",
)
_UNKNOWN = (
    "The card could not be topped up this time.",
    "Please call the service hall; they know the reason.",
)

_TEXTS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("name_differs", "door_differs", "community_differs", "card_differs",
         "household_not_certain", "unknown_household", "differing_duplicate", "card_on_two",
         "card_not_in_batch", "account_mistyped", "card_differs_from_file"),
        _NAME,
    ),
    **dict.fromkeys(
        ("card_damaged", "card_mute", "code_locked", "code_refused", "blank_card",
         "foreign_card", "no_credit_slot", "write_not_taken", "no_return_block",
         "purse_locked", "card_not_genuine", "purse_count_full", "load_mac_refused"),
        _CARD,
    ),
    **dict.fromkeys(
        ("outcome_unknown", "load_unanswered", "load_unfinished", "card_removed", "link_failed",
         "paid_not_loaded", "card_not_as_left", "disputed", "paid_in_doubt", "refund_requested",
         "given_not_loaded", "given_up_open"),
        _TORN,
    ),
    **dict.fromkeys(("line_unfunded", "payment_not_taken", "prepaid_order_missing"), _PAID),
    **dict.fromkeys(
        ("amount_not_certain", "no_amount", "zero_amount", "amount_too_small", "note_to_read",
         "prepaid_with_amount", "several_orders", "volume_not_in_steps"),
        _AMOUNT,
    ),
    "order_waits": (
        "Gas that you paid online waits for your card, and the list gave an amount as well.",
        "Tell us which you want; what is paid online is loaded at any desk without paying.",
    ),
    **dict.fromkeys(("load_still_on_card", "load_still_on_card_money"), _TAKEN),
    **dict.fromkeys(("account_stopped", "account_closed", "arrears", "card_blocked"), _ACCOUNT),
    **dict.fromkeys(("old_card", "card_blacklisted", "counter_below_expected"), _OLD),
    "card_of_old_meter": _METER,
    **dict.fromkeys(
        ("cap_exceeded", "hoard_limit", "hoard_limit_money", "per_load_max",
         "implausible_volume"),
        _MUCH,
    ),
    **dict.fromkeys(("chip_not_supported", "chip_unknown"), _CHIP),
    "card_not_seen": (
        "Your card did not reach us.",
        "Please hand it in with the next collection, or come to the service hall.",
    ),
    **dict.fromkeys(
        ("card_not_run", "psam_silent", "hsm_silent", "purse_secret_missing",
         "layout_key_missing", "layout_key_malformed"),
        _NOT_RUN,
    ),
    "card_destroyed": (
        "Your card was damaged while we had it; we are sorry.",
        "You get a new card without charge; please call the service hall.",
    ),
    "load_on_lost_card": (
        "Your card was topped up, then lost or damaged while we had it; we are sorry.",
        "You get a new card with that gas, without charge; please call the service hall.",
    ),
    "card_lost": (
        "Your card was lost while we had it; we are sorry.",
        "You get a new card without charge; please call the service hall.",
    ),
    "card_of_other_batch": (
        "Your card came with another bag and is processed there.",
        "Nothing to do; it comes back with that bag.",
    ),
    "card_refused": (
        "You did not want the card back as it is; it is kept for you.",
        "Please call the service hall; the money of an unused load can go back.",
    ),
    "card_kept_absent": (
        "Nobody was at home when your card came back; it is kept for you.",
        "Please come for it, or agree on another time with the service hall.",
    ),
    "card_kept_sealed_off": (
        "Your building cannot be entered at present; your card is kept for you.",
        "It is brought as soon as the building is open; call us if you run out of gas.",
    ),
    "released_absent": (
        "Nobody was at home when the cards were collected.",
        "What was paid is given back to who paid it; hand the card in at the next round.",
    ),
    "released_destroyed": (
        "Your card is damaged and cannot be loaded any more.",
        "Please bring it to the service hall; it is replaced there.",
    ),
    "released_sealed_off": (
        "Your building could not be entered, so the card could not be had.",
        "What was paid is given back to who paid it; call us if you run out of gas.",
    ),
    **dict.fromkeys(
        ("released_refused", "released_not_wanted", "released_refunded", "released_other"),
        (
            "This time the card was not topped up, as was wished.",
            "What was paid is given back to who paid it.",
        ),
    ),
    "load_returned": (
        "The gas was taken off the card again; the money goes back to who paid it.",
        "Nothing to do.",
    ),
    **dict.fromkeys(
        ("counter_past_expected", "loaded_since_list"),
        (
            "This card was topped up elsewhere in the meantime.",
            "Nothing to do; what was paid here is given back to who paid it.",
        ),
    ),
}  # fmt: skip
"""Code → what happened, what to do. Debts are not named: others may read the note."""


def to_resident(code: str, t: Translator) -> tuple[str, str]:
    """What happened and what to do, in plain words; a rare code gets a general answer."""
    what, todo = _TEXTS.get(code, _UNKNOWN)
    return t(what), t(todo)


RESIDENT_TEXTS = tuple(
    dict.fromkeys(text for pair in (*_TEXTS.values(), _UNKNOWN) for text in pair)
)
