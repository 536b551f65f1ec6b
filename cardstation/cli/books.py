"""What a proof of the books says in words: both equations, term by term, in yuan and m³."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardstation.cli.output import columns
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.i18n import Translator
from cardstation.sentences import sentence, word
from cardstation.services.verify import Verification

_SUMS = ("taken_fen", "loaded_fen", "posted_fen")


def proof_lines(found: Verification, t: Translator) -> list[str]:
    """Lines for a person; what may not be seen before a till is counted is not among them."""
    wrong = [sentence(one.code, one.values, t).what for one in found.disagreements]
    head = t("Everything agrees") if found.ok else _disagrees(len(wrong), t)
    rows = [
        (word("proof.entries", t), str(found.entries)),
        (word("proof.acked_seq", t), str(found.acked_seq)),
    ]
    if found.held_back:
        told = columns(rows)
        return [head, *told, sentence("totals_held_back", {}, t).what, *wrong]
    rows += [(word(f"proof.{name}", t), str(Money(getattr(found, name)))) for name in _SUMS]
    rows += _terms(word("proof.money", t), found.money_terms, t)
    rows += _terms(word("proof.gas", t), found.gas_terms, t)
    return [head, *columns(rows), *wrong]


def _disagrees(n: int, t: Translator) -> str:
    return t("The books disagree in {n} points", n=n)


def _terms(title: str, terms: Mapping[str, int], t: Translator) -> Iterator[tuple[str, str]]:
    """A heading, and each term below it; those in litres are gas, all others fen."""
    if terms:
        yield title, ""
    for name, value in terms.items():
        shown = str(Volume(value)) if name.endswith("_litres") else str(Money(value))
        yield f"  {word(f'term.{name}', t)}", shown
