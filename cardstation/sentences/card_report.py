"""What a card turned out to be, and the names of what stands on cards."""

from __future__ import annotations

from cardstation.sentences.phrases import FINISHED, NOTHING, Words

_NOT_OURS = "Give the card back and ask for the gas card."

TABLE = {
    "examined_ours": Words(
        "One of our cards",
        "The card is whole and was written by a maker that this station serves.",
        NOTHING,
        "Go on at the counter.",
    ),
    "examined_ours_torn": Words(
        "Our card, writing cut short",
        "A load was begun on this card and did not come to its end.",
        FINISHED,
        "Put it in at the counter: the station, or the one that began, finishes it.",
    ),
    "examined_ours_damaged": Words(
        "Our card, contents damaged",
        "This is one of our cards, but what stands on it contradicts itself; which places, is "
        "said below.",
        NOTHING,
        "Lay the card with the exceptions, together with this sheet; the household may need a "
        "replacement card.",
    ),
    "examined_tool": Words(
        "Tool card of a fitter",
        "The card opens, checks or empties a meter for a fitter; it is no household's card.",
        NOTHING,
        "Give it back to its fitter, or take it back as a tool card.",
    ),
    "examined_blank": Words(
        "Blank card",
        "The card is new, or its issue was cut short: it belongs to nobody.",
        NOTHING,
        "Put it back into the stock of blanks, or put in the household's own card.",
    ),
    "examined_other_area": Words(
        "Card of another area",
        "The card is made like ours, but names the maker and area {maker}, which this station "
        "does not serve.",
        NOTHING,
        "Send the customer to the company that issued the card; if it should be served here, "
        "call the centre.",
    ),
    "examined_other_utility": Words(
        "Not written by us",
        "Gas cards have this chip, but nobody known here wrote this card: it is another "
        "company's, or for something else.",
        NOTHING,
        "Give the card back; whoever issued it can read it.",
    ),
    "examined_not_a_gas_card": Words(
        "Not a gas card",
        "No gas card known here has this chip.",
        NOTHING,
        _NOT_OURS,
    ),
    "examined_cpu_card_foreign": Words(
        "CPU card of another issuer",
        "This is a processor card, such as a bank or bus card, and no gas purse of ours.",
        NOTHING,
        _NOT_OURS,
    ),
    "examined_mute": Words(
        "Card cannot be read",
        "The card does not answer, or not so that this reader understands it.",
        NOTHING,
        "Insert it chip up and chip first, wipe its contacts, try another reader; still silent: "
        "the household needs a replacement card.",
    ),
}

PHRASES = {
    "protocol.two_wire": "Memory card, two wires",
    "protocol.three_wire": "Memory card, three wires",
    "protocol.memory": "Memory card",
    "protocol.contactless": "Contactless memory card",
    "protocol.unknown": "Not known",
    "place.identity": "Whose card it is",
    "place.limits": "Limits",
    "place.price": "Prices",
    "place.credit_a": "Load record A",
    "place.credit_b": "Load record B",
    "place.return_a": "Meter's record A",
    "place.return_b": "Meter's record B",
    "place.desk_a": "Load record A",
    "place.desk_b": "Load record B",
    "place.answer_a": "Meter's record A",
    "place.answer_b": "Meter's record B",
    "item.check": "check value",
    "item.inverse": "turned-over copy",
    "item.card_no": "Card no.",
    "item.account_no": "Account no.",
    "item.meter_no": "Meter no.",
    "item.maker": "Maker and area",
    "item.card_type": "Kind of card",
    "item.generation": "Issue of the card",
    "differs.card_no": "Card no. on file",
    "differs.meter_no": "Meter no. on file",
    "differs.generation": "Issue on file",
    "differs.kind": "Meter on file",
}
