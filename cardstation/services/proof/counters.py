"""Proves who owns each purchase counter, and that no household is behind its own loads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.services.proof.records import Disagreement, Records, about
from cardstation.store.topups import OwnedCounter


def counter_disagreements(records: Records) -> Iterator[Disagreement]:
    """Name every counter that is owned twice, by nobody, or by a load that is not sealed."""
    sealed = {one.topup_id: one for one in records.topups if one.topup_id in records.sealings}
    owned = {row.topup_id: row for row in records.loads}
    for topup_id in sorted(sealed.keys() | owned.keys()):
        intent, row = sealed.get(topup_id), owned.get(topup_id)
        if intent is None or row is None or not _owns(intent, row):
            account_no = "" if intent is None else intent.account_no
            yield Disagreement(
                "counter_disagrees", {"topup_id": topup_id, "account_no": account_no}
            )
    yield from _shared(records)
    yield from _households(records, records.live_loads)


def _owns(intent: TopUp, row: OwnedCounter) -> bool:
    identity = intent.identity
    return (row.maker, row.meter_no, row.generation, row.counter) == (
        identity.maker,
        identity.meter_no,
        identity.generation,
        intent.counter_after,
    )


def _shared(records: Records) -> Iterator[Disagreement]:
    """One live load per counter, but for makers without one; all are numbered without a gap.

    A make-up that was granted for a meter behind its card repeats its counter.
    """
    repeats = {due.due_id: due.repeats_counter for _, _, due in records.gas_dues}
    live = {
        one.topup_id
        for one in records.live_loads
        if one.tender is not Tender.MAKE_UP or repeats.get(one.order_id) != one.counter_before
    }
    series: dict[tuple[str, str, int, int], list[OwnedCounter]] = {}
    for row in records.loads:
        key = (row.maker, row.meter_no, row.generation, row.counter)
        series.setdefault(key, []).append(row)
    for rows in series.values():
        twice = [row for row in rows if row.topup_id in live][1:]
        if twice and rows[0].maker not in records.uncounted:
            yield Disagreement("counter_loaded_twice", {"topup_id": twice[0].topup_id})
        if sorted(row.load_no for row in rows) != list(range(len(rows))):
            values = {"topup_id": rows[0].topup_id, "account_no": ""}
            yield Disagreement("counter_disagrees", values)


def _households(records: Records, sealed: Iterable[TopUp]) -> Iterator[Disagreement]:
    """A household stands at its last load or further on; a new meter starts its own count."""
    last: dict[tuple[str, str, int], TopUp] = {}
    for intent in sealed:
        key = (intent.account_no, intent.identity.meter_no, intent.identity.generation)
        if key not in last or last[key].counter_after < intent.counter_after:
            last[key] = intent
    for (account_no, *card), intent in last.items():
        household = records.households.get(account_no)
        same = household and [household.meter.meter_no, household.generation] == card
        if household is None or (same and household.purchase_counter < intent.counter_after):
            yield about("counter_disagrees", intent, counter=intent.counter_after)
