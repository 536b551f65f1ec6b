"""Collected cards: a list, its lines, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cardstation.domain.money import Money
from cardstation.domain.volume import Volume

DECIDED, CARD_READ = "decided", "card_read"
"""Grounds of a line that a person decided, and of one whose card was in the reader."""


class Verdict(StrEnum):
    """Of a list row before a card is touched: certain, a question for a human, or impossible."""

    READY = "ready"
    HUMAN = "human"
    BLOCKED = "blocked"


class LineKind(StrEnum):
    """Money to take, or an order already paid online."""

    SALE = "sale"
    PREPAID = "prepaid"


class Zone(StrEnum):
    """Lockdown class of a community: 封控区, 管控区, 防范区, or none."""

    SEALED = "sealed"
    CONTROLLED = "controlled"
    WATCHED = "watched"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose bag it is: community, property manager, service team, lockdown class."""

    community: str = ""
    manager: str = ""
    team: str = ""
    zone: Zone | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list as written, cells cleaned of width and spaces but not interpreted.

    Attributes:
        row: 1-based row of the sheet or file.
        sheet: Name of the sheet when a list has several with rows, else empty; rows of different
            sheets may have the same number.
        envelope: Number of the envelope or slot as the list says it; the line keeps it.
    """

    row: int
    account_no: str
    name: str
    door: str
    card_no: str
    amount: str
    note: str
    sheet: str = ""
    envelope: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One row with its verdict.

    Attributes:
        account_no, card_no: Of the matched household; what was written when none matched.
        money: What is to be paid; None when not certain or nothing to pay.
        volume: What that buys today; None for money meters and rows that are not ready.
        ground: How it was matched, a code (`account_card_name`, `account_name_door`, …).
        reasons: Codes, worst first; empty for a plain ready row.
        order_id: The paid order of a prepaid row.
        envelope: Number of the envelope or slot the card came in, empty when none.
        revision: Of the list that brought this line, from 1.
        withdrawn: Why it counts no more, a code (`revised`, `decided`, …); empty while it does.
    """

    row: ListRow
    verdict: Verdict
    kind: LineKind
    account_no: str
    card_no: str
    name: str
    door: str
    money: Money | None
    volume: Volume | None
    ground: str
    reasons: tuple[str, ...]
    order_id: str = ""
    envelope: str = ""
    revision: int = 1
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """One list taken in.

    Attributes:
        batch_id: `2026-11-24-01-S001`, unique in the utility (`domain.batch_id`).
        digest: SHA-256 over the list's content; the same content is refused as a second batch.
        stated_count, stated_total: What the list's own totals row claims, None when it has none.
        lines: Every line there ever was; a withdrawn one keeps its place.
        community, manager, team: Whose bag it is, empty when unknown.
        zone: Lockdown class of the community.
        purged_at: When the personal data of a closed batch were removed.
        scan_envelopes: No card is loaded before the envelope it came out of was scanned.
    """

    batch_id: str
    name: str
    digest: str
    imported_at: datetime
    stated_count: int | None
    stated_total: Money | None
    lines: tuple[ManifestLine, ...]
    community: str = ""
    manager: str = ""
    team: str = ""
    zone: Zone = Zone.OPEN
    purged_at: datetime | None = None
    scan_envelopes: bool = False

    @property
    def revision(self) -> int:
        """Of the newest list."""
        return max((line.revision for line in self.lines), default=1)


class LineState(StrEnum):
    """What became of a manifest line."""

    WAITING = "waiting"
    UNFUNDED = "unfunded"
    DONE = "done"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """A line and how far it came.

    Attributes:
        reason: Code of the stop, empty when none.
        volume: What was loaded (or will be).
        receipt_no: Empty until sealed.
        see_row: Of a household that is listed twice: the row that tells of its one card, where
            this is the other one; else 0.
    """

    line: ManifestLine
    state: LineState
    reason: str
    volume: Volume | None
    receipt_no: str
    see_row: int = 0

    @property
    def is_open(self) -> bool:
        """Its card can still come to its end in this run; in its own envelope, if it was not."""
        waits = self.state in (LineState.WAITING, LineState.UNKNOWN)
        return waits or self.reason == "card_in_other_envelope"

    @property
    def is_twin(self) -> bool:
        """A second row with the same wish: its card is another row's, nothing is to be decided."""
        return bool(self.see_row) and self.line.verdict is Verdict.BLOCKED

    @property
    def waits_for_order(self) -> bool:
        """Gas that was paid online waits for its card, and its load is not begun."""
        prepaid = self.line.kind is LineKind.PREPAID and not self.see_row
        return prepaid and self.may_run and self.state is not LineState.UNKNOWN

    @property
    def may_run(self) -> bool:
        """Its card may be laid in: it can still come to its end, or is tried again after a stop."""
        given_up = self.reason == "load_returned" or self.reason.startswith("released_")
        stopped = self.state is LineState.STOPPED and self.line.verdict is Verdict.READY
        return self.is_open or (stopped and not given_up)
