"""The oracle: after every step stores, ledger, tills, cards and meters must tell one story.

It knows what truly happened (`Till`, `Home`) and reads what was recorded (`Watch`), both past the
services. Where records were truly lost or doubled (a restored store, a cloned one, a copied card)
it counts the difference by name; everything else must agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from cardstation.central.judging import Purse, counts, purse_of
from cardstation.domain.ledger import GENESIS, Entry, EntryKind
from cardstation.domain.payment import GIVEN, WITHOUT_ASKING
from cardstation.domain.topup import mark_of
from cardstation.domain.transitions import MAY_BE_ON_CARD, Direction, TopUpState
from tests.kit.memory_ledger import Centre
from tests.sim.books import differing
from tests.sim.desk import Desk
from tests.sim.equations import GasEquation, MoneyEquation
from tests.sim.town import Home, Town
from tests.sim.watch import ASKING, CERTAIN, Broken, View, Watch

_S = TopUpState
_OFF_AGAIN = frozenset({_S.SEALED, _S.PAYOUT_PENDING, _S.REFUNDED})
_DOUBTFUL = MAY_BE_ON_CARD | {_S.DISPUTED}
_GIVEN_BACK = frozenset({_S.REFUND_REQUESTED, _S.REFUNDED})


class Oracle:
    """Checks a world step by step.

    Attributes:
        checks: How often it looked. named: Differences that are no fault, by name.
    """

    def __init__(self, town: Town, centre: Centre) -> None:
        self.town, self.centre = town, centre
        self.checks = 0
        self.named: Counter[str] = Counter()
        self.watches: list[Watch] = []
        self.hashes: set[str] = set()
        self.loads: dict[str, dict[str, None]] = {}
        self.gas: dict[str, tuple[int, int, int]] = {}
        self.money = Counter({"taken": 0, "recorded": 0, "asked": 0})
        self.utility = MoneyEquation(town.till)
        self.amounts = GasEquation()
        self._money_of: dict[str, tuple[str, int]] = {}
        self._seen_in: dict[str, list[Watch]] = {}
        self._live: dict[Purse, dict[int, list[str]]] = {}
        self._sealed: dict[str, str] = {}
        self._first: dict[str, str] = {}
        self._heads: dict[str, str] = {}
        self._posted = 0
        self._balance = 0
        self._tills = self._backs = 0

    def follow(self, watch: Watch) -> None:
        """A store came into the world: fresh, or as a copy of another."""
        self.watches.append(watch)
        for topup_id in watch.views:
            self._seen_in.setdefault(topup_id, []).append(watch)
        for payment_id in watch.asked:
            self._seen_in.setdefault(payment_id, []).append(watch)

    def look(self, desks: Iterable[Desk], homes: Iterable[Home]) -> None:
        """Look at what a step touched.

        Raises:
            Broken: something does not hold.
        """
        self.checks += 1
        touched = {home.account_no: home for home in homes}
        for desk in desks:
            for account_no in self._store(desk.watch):
                touched.setdefault(account_no, self.town.homes[account_no])
        self._new_money()
        for account_no in sorted(touched):
            self._card(touched[account_no])
        self.amounts.check()
        self._books()
        for desk in desks:
            self._confirmed(desk.watch, desk.name)
            self._counted(desk)

    def _store(self, watch: Watch) -> list[str]:
        """Read what is new in a store; returns the accounts it is about."""
        before = len(watch.hashes)
        watch.look()
        self.hashes.update(watch.hashes[before:])
        accounts = []
        for subject in watch.fresh:
            seen = self._seen_in.setdefault(subject, [])
            if not any(one is watch for one in seen):
                seen.append(watch)
            view = watch.views.get(subject)
            if view is not None:
                self.loads.setdefault(view.account_no, {})[subject] = None
                self._paid_back(view)
                accounts.append(view.account_no)
            self._payment(subject)
            self.utility.note(subject, seen)
        self._equation(watch)
        return accounts

    def _new_money(self) -> None:
        """Money that changed hands must be asked for on record, whatever was cut."""
        taken = list(self.town.till.taken)
        for payment_id in taken[self._tills :]:
            self.money["taken"] += self.town.till.taken[payment_id]
            self._payment(payment_id)
            self.utility.note(payment_id, self._seen_in.get(payment_id, ()))
        self._tills = len(taken)
        back = list(self.town.till.returned)
        for subject in back[self._backs :]:
            self.utility.note(subject, self._seen_in.get(subject, ()))
        self._backs = len(back)
        if self.money["taken"] != self.money["recorded"] + self.money["asked"]:
            raise Broken(f"money: {dict(self.money)}")
        self.utility.check()

    def _payment(self, payment_id: str) -> None:
        """One payment: what the records say must be what is truly in the till."""
        views = [
            w.views[payment_id] for w in self._seen_in.get(payment_id, ()) if payment_id in w.views
        ]
        if views:
            if views[0].tender in WITHOUT_ASKING or views[0].direction is Direction.RETURN:
                return
            certain = any(view.state in CERTAIN for view in views)
            asked = any(view.state in ASKING for view in views)
            fen = views[0].fen
        else:
            notes = [w.asked[payment_id] for w in self._seen_in.get(payment_id, ())]
            certain = any(state == "taken" for state, _ in notes)
            asked = any(state == "asked" for state, _ in notes)
            fen = notes[0][1] if notes else 0
        truly = self.town.till.taken.get(payment_id)
        if certain and truly != fen:
            raise Broken(f"payment {payment_id}: on record {fen}, in the till {truly}")
        if truly is not None and not (certain or asked):
            states = [view.state.value for view in views]
            raise Broken(f"payment {payment_id}: {truly} in the till, on record {states}")
        kind, old = self._money_of.get(payment_id, ("asked", 0))
        self.money[kind] -= old
        kind, new = ("recorded" if certain else "asked"), truly or 0
        self.money[kind] += new
        self._money_of[payment_id] = (kind, new)

    def _paid_back(self, view: View) -> None:
        """What is on record as paid back was truly counted out, to the fen.

        Of two machines that stand on one store each may do so once: nobody can know before both
        records are at the ledger.
        """
        truly = self.town.till.returned.get(view.topup_id)
        if view.state is not _S.REFUNDED or view.tender == "batch" or truly == view.owed:
            return
        if view.tender in GIVEN:
            return
        machines = len({watch.folder.name for watch in self._seen_in[view.topup_id]})
        twins = machines if self._cloned(view.topup_id) else 1
        if truly not in range(view.owed, (twins + 1) * view.owed, view.owed):
            raise Broken(f"{view.topup_id}: {view.owed} paid back on record, truly {truly}")
        self.named["paid back by a station and its copy"] += 1

    def _equation(self, watch: Watch) -> None:
        """Both equations of DESK-RULES 15 in one store: its entries against its own rows."""
        sums, terms = watch.sums, watch.terms
        if sum(fen for name, fen in sums.items() if name != "gas"):
            raise Broken(f"{watch.folder.name}: the books do not balance: {dict(sums)}")
        if sums != terms:
            found = differing(sums, terms)
            raise Broken(f"{watch.folder.name}: by entries and by rows: {found}")

    def _card(self, home: Home) -> None:
        """Gas of DESK-RULES 15 for one household, load by load."""
        waiting = home.waiting()
        known = {home.began.taken_mark, *home.machine}
        sealed = there = doubt = 0
        standing = []
        for topup_id in self.loads.get(home.account_no, ()):
            mark = mark_of(topup_id)
            known.add(mark)
            view = self._views(topup_id)[0]
            if view.direction is Direction.RETURN:
                continue
            self._both_ways(home, topup_id)
            must, may = self._wanted(topup_id)
            stands = mark in waiting or mark in home.credited
            if must and not stands:
                self._differs(home, f"{topup_id} is sealed, and no gas is there")
            if stands and not may:
                states = [one.state.value for one in self._views(topup_id)]
                self._differs(home, f"{topup_id} is on the card, on record {states}")
            sealed += view.gas if must else 0
            there += view.gas if stands else 0
            standing += [view.gas] if stands else []
            if view.order_id and must and stands:
                self._order_once(home, view)
            doubt += view.gas if may and not must else 0
            took = home.credited.get(mark, view.gas)
            if took != view.gas:
                self._differs(home, f"{topup_id} is {view.gas}, the meter took {took}")
        strange = (waiting | set(home.credited)) - known
        if strange:
            raise Broken(f"{home.account_no}: loads nobody knows: {[m.hex() for m in strange]}")
        self._meter(home)
        self.amounts.note(home, standing)
        if len(home.cards) == 1:
            self.gas[home.account_no] = (sealed, there, doubt)
        else:
            self.gas.pop(home.account_no, None)

    def _both_ways(self, home: Home, topup_id: str) -> None:
        """No purchase is paid back at one desk and loaded at another, whatever the card shows.

        Only a card or a store that exists twice, or records that were lost, are an excuse.
        """
        knows = [watch for watch in self._seen_in[topup_id] if topup_id in watch.views]
        back = [watch for watch in knows if watch.views[topup_id].state in _GIVEN_BACK]
        loaded = [watch for watch in knows if watch.views[topup_id].state is _S.SEALED]
        if not back or not loaded:
            return
        stands = {watch.folder: watch for watch in self.watches}
        lost = any(
            all(watch is not stands[watch.folder] for watch in side) for side in (back, loaded)
        )
        doubled = len(home.cards) > 1 or self._cloned(topup_id)
        if not (lost or doubled):
            raise Broken(
                f"{topup_id} is paid back at {back[0].folder.name}"
                f" and loaded at {loaded[0].folder.name}"
            )
        self.named[f"paid back and loaded: {'doubled' if doubled else 'records lost'}"] += 1

    def _order_once(self, home: Home, view: View) -> None:
        """An order that a loading machine has loaded is not loaded again at a desk."""
        if view.order_id in self.town.by_machine:
            self._differs(home, f"order {view.order_id} is loaded at a machine and again at a desk")

    def _differs(self, home: Home, what: str) -> None:
        """A load and its records differ: only where the card exists twice, and then by name."""
        if len(home.cards) == 1:
            raise Broken(f"{home.account_no}: {what}")
        self.named["load differs by a copied card"] += 1

    def _wanted(self, topup_id: str) -> tuple[bool, bool]:
        """Whether the load must be there, and whether it may be, by all records of it."""
        must = may = off = maybe_off = False
        for view in self._views(topup_id):
            must |= view.state is _S.SEALED
            may |= view.state in _DOUBTFUL or view.state is _S.SEALED
        for view in self._returns(topup_id):
            off |= view.state in _OFF_AGAIN
            maybe_off |= view.state in _DOUBTFUL
        return must and not off and not maybe_off, may and not off

    def _views(self, topup_id: str) -> list[View]:
        return [w.views[topup_id] for w in self._seen_in[topup_id] if topup_id in w.views]

    def _returns(self, topup_id: str) -> list[View]:
        account_no = self._views(topup_id)[0].account_no
        return [
            view
            for other in self.loads.get(account_no, ())
            for view in self._views(other)
            if view.corrects == topup_id
        ]

    def _meter(self, home: Home) -> None:
        """A meter never takes a load twice, and its memory is the sum of what it took."""
        for mark in home.again:
            twice = home.uncounted and mark in home.torn_by_meter
            beside = self._cloned(self._of_mark(home, mark))
            if not twice and not beside and not (home.uncounted and len(home.cards) > 1):
                raise Broken(f"{home.account_no}: the meter took a load twice")
            name = "taken twice by a meter without a counter" if twice else "loaded again by a copy"
            self.named[name] += 1
        if home.again:
            home.began = replace(home.began, cumulative=0)
            home.again.clear()
        if home.uncounted or not home.began.cumulative:
            return
        if home.meter.state.cumulative != home.began.cumulative + sum(home.credited.values()):
            raise Broken(f"{home.account_no}: the meter's total is not what it took")

    def _cloned(self, topup_id: str) -> bool:
        """True when two machines with one name know of it; a restored store is one machine."""
        folders = {watch.folder.name for watch in self._seen_in.get(topup_id, ())}
        return len(folders) > len({name.partition("-")[0] for name in folders})

    def _of_mark(self, home: Home, mark: bytes) -> str:
        loads = self.loads.get(home.account_no, ())
        return next((one for one in loads if mark_of(one) == mark), "")

    def _books(self) -> None:
        """The ledger: nothing nobody wrote, postings zero, no live counter twice unnamed."""
        posted = self.centre.posted
        for one in posted[self._posted :]:
            self._balance += sum(leg.fen for leg in one.legs)
            if one.sent.hash not in self.hashes:
                raise Broken(f"the ledger has an entry no store wrote: {one.sent.entry_id}")
            entry, code = one.sent.entry, one.verdict.code
            if entry is not None and entry.prev_hash != self._heads.get(one.station, GENESIS):
                raise Broken(f"the ledger's chain of {one.station} breaks at {entry.seq}")
            self._heads[one.station] = one.sent.hash
            if entry is None:
                raise Broken(f"an entry is kept and not booked: {code}")
            if entry.kind is EntryKind.SEALED or entry.corrects:
                self._count(entry, code)
            if code:
                self.named[f"exception {code}"] += 1
        self._posted = len(posted)
        if self._balance:
            raise Broken(f"the ledger's postings sum to {self._balance}")

    def books_are_older(self) -> None:
        """The ledger was put back from a backup: what it has is read anew, from its first entry."""
        self._posted = self._balance = 0
        for seen in (self._heads, self._first, self._sealed, self._live):
            seen.clear()
        for name in [one for one in self.named if one.startswith("exception ")]:
            del self.named[name]

    def _count(self, entry: Entry, code: str) -> None:
        """No live counter twice: a second owner is named a double load, and a return frees it."""
        if entry.kind is not EntryKind.SEALED:
            if entry.kind in (EntryKind.RETURNED, EntryKind.NOT_LOADED):
                gone = {entry.corrects}
                if entry.kind is EntryKind.RETURNED:  # off its card, whichever seal it names
                    gone.add(self._first.get(entry.corrects, ""))
                for owners in self._live.get(purse_of(entry), {}).values():
                    owners[:] = [one for one in owners if one not in gone]
            return
        first = self._sealed.setdefault(entry.subject, entry.entry_id)
        self._first[entry.entry_id] = first
        if (first != entry.entry_id) is not (code == "sealed_before"):
            raise Broken(f"{entry.subject} sealed twice, and the ledger says '{code}'")
        if first != entry.entry_id or not counts(entry):
            return
        counters = self._live.setdefault(purse_of(entry), {})
        live = counters.setdefault(entry.counter_after, [])
        if bool(live) is not (code == "double_load"):
            raise Broken(f"counter {entry.counter_after} is owned by {live}, named '{code}'")
        if live:
            self._explained(entry)
        else:
            live.append(entry.entry_id)

    def _explained(self, entry: Entry) -> None:
        """A counter can be loaded twice only where a card or a store existed twice."""
        home = self.town.homes[entry.account_no]
        loads = self.loads[home.account_no]
        doubled = any(len(self._seen_in[one]) > 1 for one in loads)
        unheard = any(
            view.direction is Direction.RETURN and view.state in _OFF_AGAIN | MAY_BE_ON_CARD
            for one in loads
            for view in self._views(one)
        )
        if len(home.cards) == 1 and not doubled and not unheard:
            raise Broken(f"double load without a cause: {entry}")
        if unheard and not doubled and len(home.cards) == 1:
            self.named["double load: the return before it was not heard yet"] += 1

    def _counted(self, desk: Desk) -> None:
        """What a shift's close says was counted is what its clerk truly said, blind."""
        for fen in desk.watch.counts:
            if fen not in self.town.till.counted[desk.key]:
                raise Broken(f"{desk.key}: {fen} counted on record, nobody said so")
        desk.watch.counts.clear()

    def _confirmed(self, watch: Watch, name: str) -> None:
        """What a station holds for confirmed is in the ledger."""
        seq, digest = watch.acked
        if not seq:
            return
        sent = self.centre.chains[name].sent
        if len(sent) < seq or sent[seq - 1].hash != digest:
            raise Broken(f"{name}: entry {seq} is confirmed, and the ledger has it not")
