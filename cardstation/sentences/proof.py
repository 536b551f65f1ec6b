"""What `verify` finds: each says which records contradict each other."""

from __future__ import annotations

from collections.abc import Mapping

from cardstation.sentences.phrases import Words

_MONEY = "No money moves; selling should stop until this is explained."
_TODO = "Call the supervisor and keep the data folder as it is."


def _found(brief: str, what: str) -> Words:
    return Words(brief, what, _MONEY, _TODO)


TABLE: Mapping[str, Words] = {
    "gas_due_disagrees": _found(
        "Gas due disagrees",
        "What two people granted or withdrew is not the one in entry {seq} of the journal ({due}).",
    ),
    "gas_given_without_due": _found(
        "Gas given without a grant",
        "The load {topup_id} of account {account_no} gave gas that nobody granted.",
    ),
    "gas_due_overdrawn": _found(
        "More given than granted",
        "Loads of the gas due {due_id} of account {account_no} carry more than was granted.",
    ),
    "tool_card_disagrees": _found(
        "Tool card disagrees",
        "What is on record of the tool card {tool_no} is not what entry {seq} of the journal says.",
    ),
    "tool_card_without_work": _found(
        "A tool card without its work",
        "The tool card {tool_no} was given out, and no work wrote it; or one was written and not "
        "given out.",
    ),
    "step_disagrees": _found(
        "A batch's step disagrees",
        "A step of batch {batch_id} is not the one in entry {seq} of the journal.",
    ),
    "account_change_disagrees": _found(
        "Change of an account disagrees",
        "A change of an account is not the one in entry {seq} of the journal.",
    ),
    "account_disagrees": _found(
        "Account not as it was changed",
        "Account {account_no} is not on file as the last change made here left it.",
    ),
    "closing_disagrees": _found(
        "Closed account disagrees",
        "A closed account and its money are not as entry {seq} of the journal says.",
    ),
    "pages_damaged": _found(
        "The store's file is damaged",
        "The store's file is damaged: {where}.",
    ),
    "table_unreadable": _found(
        "A table cannot be read",
        "Table {where} of the store can no longer be read.",
    ),
    "row_changed": _found(
        "Row changed from outside",
        "Row {key} of table {where} was changed by something other than this program.",
    ),
    "row_added": _found(
        "Row added from outside",
        "Row {key} of table {where} was added by something other than this program.",
    ),
    "row_removed": _found(
        "Row removed from outside",
        "Row {key} of table {where} was removed by something other than this program.",
    ),
    "object_missing": _found(
        "Part of the store is missing",
        "{where} is missing from the store: something other than this program removed it.",
    ),
    "object_changed": _found(
        "Part of the store was changed",
        "{where} of the store is not as this program makes it.",
    ),
    "object_added": _found(
        "Something added to the store",
        "{where} was added to the store by something other than this program.",
    ),
    "counter_loaded_twice": _found(
        "Counter loaded twice",
        "Two live loads share one purchase counter (top-up {topup_id}).",
    ),
    "counter_disagrees": _found(
        "Purchase counter does not fit",
        "A purchase counter on file does not fit its loads (top-up {topup_id}).",
    ),
    "generation_disagrees": _found(
        "Issue of a card does not fit",
        "A card that this desk made in the place of another is newer than the file says "
        "(work {topup_id}).",
    ),
    "funding_disagrees": _found(
        "Money paid ahead differs",
        "What was paid for {paid_for} does not fit what is on record for it.",
    ),
    "entry_disagrees": _found(
        "Entry does not fit",
        "Entry {seq} does not fit its top-up.",
    ),
    "journal_disagrees": _found(
        "Journal and states differ",
        "The journal and the state log of a top-up differ.",
    ),
    "log_disagrees": _found(
        "State log does not lead here",
        "The state log does not lead to the state on file.",
    ),
    "receipt_disagrees": _found(
        "Receipt does not fit",
        "A receipt and its top-up do not fit.",
    ),
    "closed_batch_holds_money": _found(
        "Money in a closed batch",
        "Batch {batch_id} is closed and still holds {fen}.",
    ),
    "released_and_loaded": _found(
        "Row released, and loaded",
        "Row {place} of batch {batch_id} gave its money free, and top-up {topup_id} was loaded "
        "with it.",
    ),
    "batch_below_nothing": _found(
        "More spent than a batch had",
        "With entry {seq} batch {batch_id} spent {fen} more than was received for it.",
    ),
    "lump_sum_disagrees": _found(
        "Money of a batch differs",
        "A {what} in the journal (entry {seq}) and its record tell two stories.",
    ),
    "clock_disagrees": _found(
        "Clock settled by one person",
        "Entry {seq} ends a wrong clock without two different people and their reason.",
    ),
    "clock_went_back": _found(
        "Time went back",
        "The record of top-up {topup_id} is of an earlier time than the one before, and no two "
        "people wrote down why.",
    ),
    "arrears_paid_twice": _found(
        "Debt paid twice",
        "Entry {seq} collects {fen} fen from {account_no} that had been collected before.",
    ),
    "acknowledgement_disagrees": _found(
        "Acknowledgement differs",
        "The acknowledgement {what} and the money it was given for (entry {seq}) differ.",
    ),
    "receipt_numbers_gap": _found(
        "Receipt numbers have a gap",
        "The receipt numbers of {series} have a gap.",
    ),
    "payment_disagrees": _found(
        "Sum received differs",
        "A sum received and its entry differ by {fen} fen.",
    ),
    "money_equation": _found(
        "Money does not balance",
        "Money taken is {left_fen}, accounted for is {right_fen}.",
    ),
    "gas_equation": _found(
        "Gas does not balance",
        "Gas by cause is {left_litres}, by place {right_litres}.",
    ),
    "sum_differs": _found(
        "A sum differs",
        "{term}: two records differ; the sums are shown after the till was counted.",
    ),
    "shift_disagrees": _found(
        "Shift does not fit",
        "The records of shift {shift_id} contradict each other.",
    ),
    "clerk_disagrees": _found(
        "Clerk does not fit",
        "The chain says something else of {name} than the station's list of clerks.",
    ),
    "term_differs": _found(
        "Terms differ",
        "{term}: the journal says {journal}, the records say {records}.",
    ),
}
