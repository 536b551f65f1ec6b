"""Every service that writes a fact of money is swept by power cuts, or says here why not.

Read from the source: which functions of the services come to `append`, and which of them the jobs
of the sweep come to. A service added tomorrow is missing here before anybody asks.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from cardstation.domain.ledger import Entry, EntryKind, postings_of
from tests.kit import (
    sweep_accounts,
    sweep_booked,
    sweep_charges,
    sweep_disputes,
    sweep_given,
    sweep_jobs,
    sweep_meter,
    sweep_purse,
    sweep_rare,
)
from tests.kit.facts import Chain
from tests.kit.sweep_purse import PURSE_JOBS
from tests.kit.sweep_rare import EVERY_JOB
from tests.kit.sweep_world import Job, Where
from tests.property.test_power_cut import AWAY, TWICE

ROOT = Path(__file__).parents[2]
SERVICES = "cardstation.services"
FACTS = f"{SERVICES}.intent.facts"
WRITES = {f"{FACTS}.append", f"{FACTS}.append_about"}
NO_MONEY = {
    f"{SERVICES}.intent.steps.record_step": EntryKind.BATCH,
    f"{SERVICES}.intent.clerk_changes.record_change": EntryKind.CLERK,
    f"{SERVICES}.intent.clerk_changes.record_fed": EntryKind.CLERK,
    f"{SERVICES}.intent.account_changes.record_account_change": EntryKind.ACCOUNT,
    f"{SERVICES}.settle_clock.settle_clock": EntryKind.CLOCK,
    f"{SERVICES}.change_layout.change_layout": EntryKind.LAYOUT,
    f"{SERVICES}.intent.undoing._undone": EntryKind.CARD_GIVEN_UP,
    f"{SERVICES}.intent.work_records.arm_whole": EntryKind.CARD_ARMED,
    f"{SERVICES}.unblock_card.unblock_card": EntryKind.CARD_UNBLOCKED,
    f"{SERVICES}.intent.tool_book.record_tool": EntryKind.TOOL_CARD,
    f"{SERVICES}.intent.work_records.record_written": EntryKind.CARD_WRITTEN,
    f"{SERVICES}.intent.work_records.record_laid_aside": EntryKind.CARD_GIVEN_UP,
}
"""Writers of one kind of fact, which has no postings."""
SWEEP = (
    *("tests.kit.sweep", "tests.kit.sweep_world", "tests.kit.sweep_jobs", "tests.kit.sweep_rare"),
    *("tests.kit.station", "tests.kit.sweep_booked", "tests.kit.sweep_charges"),
    *("tests.kit.sweep_accounts", "tests.kit.sweep_disputes", "tests.kit.sweep_given"),
    "tests.kit.sweep_meter",
)

NOT_SWEPT = {
    f"{SERVICES}.reissue_card.reissue_card": "it asks the ledger, whose word books money of others",
    f"{SERVICES}.cancel_reissue.cancel_reissue": "as reissue_card; test_work_cuts.py cuts both",
    f"{SERVICES}.make_tool_card.make_tool_card": "no money: test_work_cuts.py cuts it",
    f"{SERVICES}.pay_debt.pay_debt": "its money is settle_arrears, swept; a row is judged after it",
}
"""Services by whole name, and why no job cuts them."""

Uses = dict[str, set[str]]


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def uses_of(name: str, tree: ast.Module) -> Uses:
    """What each function of a module names, by whole names; classes count as one."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            known |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    parts = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    known |= {part.name: f"{name}.{part.name}" for part in parts}
    return {
        f"{name}.{part.name}": {
            known[one.id] for one in ast.walk(part) if isinstance(one, ast.Name) and one.id in known
        }
        for part in parts
    }


def all_uses() -> Uses:
    found: Uses = {}
    for name, tree in modules(ROOT / "cardstation" / "services"):
        found |= uses_of(name, tree)
    for name, tree in modules(ROOT / "tests" / "kit"):
        if name in SWEEP:
            found |= uses_of(name, tree)
    return found


def reached(uses: Uses, start: set[str], *, not_through: frozenset[str] = frozenset()) -> set[str]:
    """Everything that these functions come to, themselves among them."""
    found: set[str] = set()
    waiting = set(start)
    while waiting:
        one = waiting.pop()
        if one not in found and one not in not_through:
            found.add(one)
            waiting |= uses.get(one, set())
    return found


def money_services(uses: Uses) -> set[str]:
    """Public functions of the services' own modules that come to a fact of money."""
    return {
        name
        for name in uses
        if name.startswith(f"{SERVICES}.")
        and name.count(".") == SERVICES.count(".") + 2
        and not name.rsplit(".", 1)[1].startswith("_")
        and WRITES & reached(uses, {name}, not_through=frozenset(NO_MONEY))
    }


def swept(uses: Uses) -> set[str]:
    return reached(uses, {name for name in uses if name.startswith(SWEEP)})


def test_every_service_that_writes_a_fact_of_money_is_swept() -> None:
    uses = all_uses()
    money = money_services(uses)
    left = money - swept(uses)
    assert left == set(NOT_SWEPT), (left ^ set(NOT_SWEPT), "swept by no job, or listed for nothing")
    assert all(NOT_SWEPT.values())
    assert f"{SERVICES}.settle_arrears.settle_arrears" in money


def test_every_job_that_is_written_is_run() -> None:
    """A job beside the list would make its service look swept."""
    written = {
        name: one
        for module in (
            *(sweep_jobs, sweep_booked, sweep_given, sweep_charges, sweep_meter, sweep_rare),
            *(sweep_accounts, sweep_disputes, sweep_purse),
        )
        for name, one in vars(module).items()
        if isinstance(one, Job)
    }
    run = (*EVERY_JOB, *PURSE_JOBS)
    assert {one.name for one in written.values()} == {job.name for job in run}
    assert len(run) == len({job.name for job in run})


def test_every_job_is_cut_twice() -> None:
    """Recovery is cut, too, whatever it is that is recovered: `./dev soak pairs`."""
    twice = {(case.job.name, case.where) for case in TWICE}
    assert len(TWICE) == len({str(case) for case in TWICE})
    assert {name for name, _ in twice} == {job.name for job in (*EVERY_JOB, *PURSE_JOBS)}
    away = {job.name for job in AWAY}
    assert away == {name for name, _ in twice} - {n for n, where in twice if where is Where.SAME}


def test_what_is_left_out_as_no_money_has_no_postings() -> None:
    for kind in NO_MONEY.values():
        raw = Chain().add(kind, fen=1, balance_fen=1, account_no="1", tender="cash", corrects="x")
        assert postings_of(Entry.from_bytes(raw)) == ()
    for name, kind in NO_MONEY.items():
        module, function = name.rsplit(".", 1)
        source = inspect.getsource(getattr(importlib.import_module(module), function))
        assert {f"EntryKind.{kind.name}"} == set(re.findall(r"EntryKind\.\w+", source))
