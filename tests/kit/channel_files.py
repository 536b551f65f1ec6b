"""A town whose card lacks purchases, and the files of channels that tell of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from cardstation.central.console.roles import Role
from cardstation.central.days import recount
from cardstation.central.engine import transaction
from cardstation.central.reconcile.audit_list import AuditItem, audit_list
from cardstation.central.reconcile.files import FileKind, accept_file, take_file
from cardstation.central.reconcile.matching import Matched, match_all
from cardstation.domain.ledger import Order
from tests.kit.console import Town, person
from tests.kit.postgres import Books, Centre

HEAD = "流水号,交易时间,卡号,购气次数,金额(元),购气量(m³),订单号\n"
PAID = Order("O1", "0000000009", 5_000, 17_857, "r@1", 3, "")


def town_with_holes(centre: Centre) -> Town:
    """Card C0000007 was sold 2 on the 24th at nine, and then 6: 3, 4 and 5 are missing."""
    made = Town(centre)
    for name in ("anna", "ben"):
        person(centre.books, name, Role.TREASURER)
    made.sell("S001", 7, counter=2)
    with centre.books.owner.begin() as connection:
        connection.execute(text("UPDATE journal SET posted_at = '2026-11-24 09:05+08'"))
        recount(connection)
    made.sell("S002", 7, counter=6)
    return made


def bring(books: Books, content: str | bytes, channel: str = "phone", by: str = "anna") -> Matched:
    raw = content if isinstance(content, bytes) else content.encode()
    accepted_by = "ben" if by == "anna" else "anna"
    with transaction(books.engine) as connection:
        file = take_file(connection, FileKind.CHANNEL, channel, "file.csv", raw, by=by)
        accept_file(connection, file.number, by=accepted_by)
        return match_all(connection, datetime.now(UTC))


def row(ref: str, counter: int | str, card: str = "C0000007", order: str = "") -> str:
    """What a channel sold on the 25th, between the purchases 2 and 6 of the desks."""
    return f"{ref},2026-11-25 10:30:00,{card},{counter},30.00,10.5,{order}\n"


def listed(books: Books, days: int = 0) -> list[AuditItem]:
    with transaction(books.engine) as connection:
        return list(audit_list(connection, datetime.now(UTC) + timedelta(days=days)))


def codes(books: Books, days: int = 0) -> list[tuple[str, str]]:
    return sorted((one.code, one.about) for one in listed(books, days))


def count(books: Books, query: str) -> int:
    with books.owner.connect() as connection:
        return int(connection.scalar(text(query)) or 0)
