"""Says in words what a code means: what happened, what it means for the money, what to do now.

Domain, services and drivers raise codes and values only; the desk, the command line, the papers
and the ledger's pages ask here. The English tables are in this package, their translations in
`resources/i18n`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cardstation.errors import CardStationError
from cardstation.i18n import Field, Translator
from cardstation.sentences import (
    accounts,
    batch,
    batch_money,
    books,
    card,
    card_report,
    centre,
    charges,
    counter_services,
    custody,
    desk,
    feeds,
    given_gas,
    giving_back,
    guides,
    interfaces,
    layouts,
    ledger,
    libraries,
    lists,
    meter_change,
    orders,
    proof,
    purse,
    reconciling,
    sale,
    shift,
    station,
    suspense,
    teams,
    tool_cards,
    whole_card,
)
from cardstation.sentences.phrases import Words
from cardstation.sentences.words import WORDS

SENTENCES: Mapping[str, Words] = {
    **card.TABLE,
    **card_report.TABLE,
    **whole_card.TABLE,
    **tool_cards.TABLE,
    **counter_services.TABLE,
    **meter_change.TABLE,
    **purse.TABLE,
    **sale.TABLE,
    **accounts.TABLE,
    **giving_back.TABLE,
    **given_gas.TABLE,
    **charges.TABLE,
    **batch.TABLE,
    **batch_money.TABLE,
    **layouts.TABLE,
    **libraries.TABLE,
    **lists.TABLE,
    **custody.TABLE,
    **orders.TABLE,
    **station.TABLE,
    **desk.TABLE,
    **suspense.TABLE,
    **shift.TABLE,
    **ledger.TABLE,
    **centre.TABLE,
    **proof.TABLE,
    **teams.TABLE,
    **reconciling.TABLE,
    **interfaces.TABLE,
    **feeds.TABLE,
}

_SPACES = (("stage", "stage"), ("step", "happened"), ("party", "party"), ("tool", "tool"))
"""Facts that are words themselves, and where those are."""
_NO_WORDS = SENTENCES["no_words"]
_WORDS: Mapping[str, str] = {
    **WORDS,
    **guides.PHRASES,
    **accounts.PHRASES,
    **books.PHRASES,
    **tool_cards.PHRASES,
    **card_report.PHRASES,
    **reconciling.PHRASES,
    **interfaces.PHRASES,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A code in the operator's language.

    Attributes:
        brief: A headline of a few words, for tables and the banner.
        what: What happened.
        money: What it means for the money.
        todo: What to do now.
    """

    brief: str
    what: str
    money: str
    todo: str

    def __str__(self) -> str:
        return self._joined(self.what, self.money, self.todo)

    @property
    def advice(self) -> str:
        """What happened and what to do now: where no money is at stake."""
        return self._joined(self.what, self.todo)

    def _joined(self, *said: str) -> str:
        """Chinese sentences stand side by side."""
        return ("" if self.what.endswith("。") else " ").join(said)


def sentence(code: str, values: Mapping[str, Field], t: Translator) -> Sentence:
    """Put a code into words.

    Args:
        code: A code of the catalogue; an unknown one gets a sentence that shows it.
        values: Named facts; `reason` may itself be a code, `stage` and `step` are words of a
            batch's life, `party` who holds cards, `tool` a kind of tool card, `…_fen` and
            `…_litres` are raw numbers.
        t: The language.
    """
    words = SENTENCES.get(_told_as(code, values), _NO_WORDS)
    fields = {"code": code, **values}
    if isinstance(reason := fields.get("reason"), str) and reason in SENTENCES:
        fields["reason"] = brief(reason, t)
    for name, space in (
        ("stage", "stage"),
        ("step", "happened"),
        ("party", "party"),
        ("tool", "tool"),
    ):
        if isinstance(named := fields.get(name), str):
            fields[name] = word(f"{space}.{named}", t)
    return Sentence(
        brief=t(words.brief, **fields),
        what=t(words.what, **fields),
        money=t(words.money, **fields),
        todo=t(words.todo, **fields),
    )


def _told_as(code: str, values: Mapping[str, Field]) -> str:
    """Tries left that nobody can read have words of their own."""
    unread = code == "code_tries_low" and values.get("tries_left", "") is None
    return "code_tries_unread" if unread else code


def of_error(error: CardStationError, t: Translator) -> Sentence:
    """Put an error into words; its advice, when it has one, says what to do."""
    told = sentence(error.code, error.values, t)
    if error.advice not in SENTENCES:
        return told
    advised = sentence(error.advice, error.values, t)
    return Sentence(told.brief, told.what, told.money, advised.todo)


def brief(code: str, t: Translator) -> str:
    """The headline of a code; an unknown code is shown as it is."""
    words = SENTENCES.get(code)
    return t(words.brief) if words else code


def word(code: str, t: Translator) -> str:
    """The word for a namespaced short code such as `tender.cash`, `line.done`, `step.write`."""
    text = _WORDS.get(code)
    return t(text) if text else code.rpartition(".")[2]
