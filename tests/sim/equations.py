"""Both equations of DESK-RULES 15 over the whole utility, kept up to date as the world moves on.

On one side stands what truly happened (tills, the centre's orders, cards, meters), on the other
what is on record in the stores, each purchase and each payment once, however many stores know it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.domain.transitions import TopUpState
from tests.sim.books import CERTAIN, Terms, View
from tests.sim.town import Home, Till
from tests.sim.watch import Broken, Watch

_S = TopUpState


class MoneyEquation:
    """Taken + orders − paid back = loaded + unloaded + unallocated + balances + arrears.

    Cash over or short is in no till: it is what a count found, and stands in the stores' books.

    Attributes:
        truly: Fen `taken` and `returned`, and `online` for orders that were claimed.
        terms: Where it is on record; `asked` is in a till and not yet certain on record,
            `counted_out` is back with its payer and not yet on record as paid back.
    """

    def __init__(self, till: Till) -> None:
        self.till = till
        self.truly: Counter[str] = Counter()
        self.terms: Terms = Counter()
        self._of: dict[str, tuple[Terms, Terms]] = {}

    def note(self, subject: str, watches: Sequence[Watch]) -> None:
        """Something about a purchase or a payment is new."""
        views = [one.views[subject] for one in watches if subject in one.views]
        new = self._purchase(views) if views else self._payment(subject, watches)
        truly, terms = self._of.get(subject, (Counter(), Counter()))
        self._of[subject] = new
        self.truly.subtract(truly)
        self.terms.subtract(terms)
        self.truly.update(new[0])
        self.terms.update(new[1])

    def check(self) -> None:
        """Hold one side against the other.

        Raises:
            Broken: they differ.
        """
        left = self.truly["taken"] + self.truly["online"] - self.truly["returned"]
        if left != sum(self.terms.values()):
            raise Broken(f"money: truly {dict(self.truly)}, on record {dict(self.terms)}")

    def _purchase(self, views: Sequence[View]) -> tuple[Terms, Terms]:
        view = max(views, key=_known_longest)
        terms = Counter({name: -fen for name, fen in view.terms.items() if name != "gas"})
        for source in ("tender", "online"):  # these stand on the other side
            terms.pop(source, None)
        taken = self.till.taken.get(view.topup_id, 0)
        back = self.till.returned.get(view.topup_id, 0) if view.tender != "batch" else 0
        truly = Counter({"taken": taken, "returned": back})
        if view.tender == "order" and view.paid_here:
            truly["online"] = view.fen
        if view.tender not in WITHOUT_ASKING and not view.paid_here:
            terms["asked"] = taken
        if back:  # a station and its copy may each count it out: `Oracle._paid_back` names it
            terms["counted_out"] = (view.owed if view.state is _S.REFUNDED else 0) - back
        return truly, terms

    def _payment(self, payment_id: str, watches: Sequence[Watch]) -> tuple[Terms, Terms]:
        """Money for a batch: what no line has drawn of it, no debt and no payer, is unallocated."""
        notes = [one.asked[payment_id] for one in watches if payment_id in one.asked]
        certain = [fen for state, fen in notes if state == "taken"]
        taken, back = self.till.taken.get(payment_id, 0), self.till.returned.get(payment_id, 0)
        terms = Counter({"unallocated": certain[0]} if certain else {"asked": taken})
        spent: Counter[str] = Counter()
        for what, of, fen, _ in {told for watch in watches for told in watch.spent}:
            spent[what] += fen if of == payment_id else 0
        if spent["arrears"]:
            terms.update({"unallocated": -spent["arrears"], "arrears": spent["arrears"]})
        terms["unallocated"] -= spent["given_back"]
        if back - spent["given_back"] in (back, self.till.last.get(payment_id)):
            terms["counted_out"] = spent["given_back"] - back
        return Counter({"taken": taken, "returned": back}), terms


def _known_longest(view: View) -> tuple[bool, bool, bool, bool]:
    """Of several stores one that took the money, and whose record goes furthest."""
    state = view.state
    return not view.origin, state is _S.REFUNDED, state is _S.SEALED, state in CERTAIN


class GasEquation:
    """Sold − returned + loaded by others = on cards + taken by meters, litres and fen apart.

    A household whose card exists twice is left out, and named at the end: void gas on a dead copy
    is no gas.

    Attributes:
        sides: Sum over all households of what is on record and what is there.
    """

    def __init__(self) -> None:
        self.sides: Counter[str] = Counter()
        self._of: dict[str, tuple[int, int]] = {}

    def note(self, home: Home, standing: Iterable[int]) -> None:
        """A household's loads, its card or its meter changed.

        Args:
            home: The household.
            standing: Amounts of the loads on record that stand on its card or in its meter.
        """
        unit = home.household.meter.kind.value
        before = self._of.pop(home.account_no, (0, 0))
        now = (0, 0)
        if len(home.cards) == 1:
            now = (sum(standing) + home.by_others(), home.on_cards() + home.in_meter())
            self._of[home.account_no] = now
        for side, old, new in zip(("on record", "there"), before, now, strict=True):
            self.sides[f"{unit} {side}"] += new - old
        if now[0] != now[1]:
            raise Broken(
                f"{home.account_no}: gas on record {now[0]}, on card and in meter {now[1]}"
            )

    def check(self) -> None:
        """Hold one side against the other, over the whole utility.

        Raises:
            Broken: they differ.
        """
        for unit in ("volume", "money"):
            if self.sides[f"{unit} on record"] != self.sides[f"{unit} there"]:
                raise Broken(f"gas: {dict(self.sides)}")
