"""Sentences about the cards of fitters: made against an order, given out, brought back, lost."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.sentences.phrases import NO_MONEY, SAFE, Words
from cardstation.sentences.whole_card import UNCHANGED

TABLE = {
    "tool_card": Words(
        "Tool card",
        "This is the tool card {tool_no} ({tool}) of desk {station_no} for work order "
        "{work_order}; meters used it {uses} of {of} times.",
        NO_MONEY,
        "Give it back to its fitter, or take it back as a tool card.",
    ),
    "no_tool_layout": Words(
        "No tool card of this kind",
        "There is no tool card for meters that take cards with the chip {chip}.",
        UNCHANGED,
        "Use the maker's own tool for this meter.",
    ),
    "not_a_tool_card": Words(
        "Not a tool card",
        "The card in the reader is no tool card.",
        UNCHANGED,
        "Put the fitter's card in.",
    ),
    "tool_needs_meter": Words(
        "Meter not said",
        "Only a card that checks may be used at any meter.",
        UNCHANGED,
        "Say the meter number that stands on the work order.",
    ),
    "tool_meter_not_on_file": Words(
        "Meter not on file",
        "No one household has the meter {meter_no}.",
        UNCHANGED,
        "Compare the number on the meter with the work order; have the file corrected first.",
    ),
    "tool_order_missing": Words(
        "Work order missing",
        "A tool card is made against a work order: letters and digits, at most {most}.",
        UNCHANGED,
        "Type the number that stands on the work order.",
    ),
    "tool_holder_missing": Words(
        "Fitter not named",
        "A tool card is given to one fitter, who brings it back.",
        UNCHANGED,
        "Say who takes it along.",
    ),
    "tool_gas_wrong": Words(
        "Test gas does not fit",
        "A card that tests lets gas through and says how much; no other card does.",
        UNCHANGED,
        "Say the test gas for a card that tests, and none for others.",
    ),
    "tool_uses_wrong": Words(
        "Too many uses",
        "A tool card has room for 1 to {most} uses.",
        UNCHANGED,
        "Say fewer, or make a second card.",
    ),
    "tool_date_wrong": Words(
        "Last day does not fit",
        "A tool card is valid from now on, and for {most} days at most.",
        UNCHANGED,
        "Say the day on which the fitter brings it back.",
    ),
    "tool_card_unknown": Words(
        "Tool card not done",
        "The tool card {card_no} was pulled while it was made.",
        SAFE,
        "Put the same card, or another blank, in and make it again: it is finished.",
    ),
    "tool_card_open": Words(
        "Tool card being made",
        "A tool card is being made and is not done.",
        "No gas and no money are on it.",
        "Put the same card, or another blank, in and make it again for the same work order; one "
        "that is spoiled or gone is said to be lost by two persons.",
    ),
    "tool_back_unknown": Words(
        "Tool card not cleared yet",
        "The tool card {card_no} was pulled while it was cleared; what meters wrote is kept.",
        SAFE,
        "Put the same card back in and take it back again: it is finished.",
    ),
    "tool_back_open": Words(
        "Tool card being cleared",
        "A tool card came back, and is not a blank yet.",
        "What meters wrote on it is kept; no gas and no money are on it.",
        "Put that card in and take it back again; one that is spoiled is said to be lost by two "
        "persons.",
    ),
    "tool_use_unfinished": Words(
        "A meter did not end it",
        "The tool card {tool_no} was pulled at a meter ({meter_no}), or cannot be read: whether "
        "the meter did what the card says, only the meter knows.",
        "Gas may be in the meter still, or gone from it. Nothing was written to the card.",
        "Have the card put into that meter once more. Where that is not possible, two persons "
        "take the card back as it is.",
    ),
    "tool_card_not_ours": Words(
        "Tool card of another desk",
        "The tool card {tool_no} is not on record here as it is; desk {station_no} made it.",
        UNCHANGED,
        "Bring it to the desk that made it.",
    ),
    "no_tool_card": Words(
        "No such tool card",
        "This desk gave out no tool card {tool_no}.",
        SAFE,
        "Look the number up in the list of tool cards.",
    ),
    "tool_card_ended": Words(
        "Tool card is no longer out",
        "The tool card {tool_no} is back, or was said to be lost.",
        SAFE,
        "Look it up in the list of tool cards.",
    ),
    "card_not_reported": Words(
        "Not a reported card",
        "The card {card_no} is not on the list of reported cards.",
        UNCHANGED,
        "Read the card at the counter: it says what keeps it from being used.",
    ),
    "unblock_at_centre": Words(
        "The centre keeps this list",
        "The centre publishes the reported cards; what is changed here would be undone.",
        UNCHANGED,
        "Two people at the centre take the card {card_no} off the list; this desk then follows.",
    ),
    "tool_gas_to_book": Words(
        "Gas of an old meter not booked",
        "The tool card {tool_no} (work order {work_order}) took {left} out of meter {meter_no}, "
        "which had counted {count} purchases; it came back with it.",
        "That gas is due to the household, and is in no meter.",
        "Two people record the change of meter with these figures, grant the gas (make-up), or say "
        "where it is.",
    ),
    "tool_gas_in_doubt": Words(
        "Gas of a meter in doubt",
        "The tool card {tool_no} (work order {work_order}) was pulled out of a meter; meter "
        "{meter_no} had {left} before, and had counted {count} purchases.",
        "That gas is in a meter, or in none: nothing is granted before somebody looked.",
        "Look at the meters; then two people record the change, grant the gas, or say where it is.",
    ),
    "tool_gas_settled": Words(
        "Nothing of it is open",
        "No gas of the tool card {tool_no} waits to be booked.",
        SAFE,
        "Look it up in the list of tool cards.",
    ),
    "tool_card_overdue": Words(
        "Tool card overdue",
        "The tool card {tool_no} ({tool}) for work order {work_order} is with {holder}; its last "
        "day is over.",
        "No meter takes it any more, as far as its clock is right.",
        "Ask for it and take it back; one that is gone is said to be lost by two persons.",
    ),
}

PHRASES: Mapping[str, str] = {
    "work.tool": "Tool card made",
    "work.tool_back": "Tool card back",
    "tool.check": "check",
    "tool.unlock": "unlock",
    "tool.test": "test",
    "tool.clear": "clear the meter",
    "tool.change": "change of meter",
    "tool_status.making": "Being made",
    "tool_status.out": "With the fitter",
    "tool_status.clearing": "Being cleared",
    "tool_status.back": "Brought back",
    "tool_status.lost": "Lost",
}
