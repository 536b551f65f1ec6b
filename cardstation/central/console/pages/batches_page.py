"""Batches: every bag the desks told of, how far it is, and the steps of one."""

from __future__ import annotations

from dataclasses import dataclass

from cardstation.central.console.batches import Life, Told, lives, recent, steps
from cardstation.central.console.roles import Right
from cardstation.central.console.visit import ZONE, Cell, Export, Page, Sheet, Visit, yuan
from cardstation.errors import Refusal
from cardstation.sentences import word

MOST = 100


@dataclass(frozen=True, slots=True)
class Batches:
    """The list's value."""

    lives: tuple[Life, ...]


@dataclass(frozen=True, slots=True)
class OneBatch:
    """One batch's value."""

    life: Life
    steps: tuple[Told, ...]


def show_all(visit: Visit) -> Batches:
    """The batches that were heard of last."""
    return Batches(lives(visit.connection, recent(visit.connection, MOST)))


def show_one(visit: Visit) -> OneBatch:
    """One batch.

    Raises:
        Refusal: `page_unknown`.
    """
    which = [(visit.asked["station"], visit.asked["batch"])]
    found = lives(visit.connection, which)
    if not found:
        raise Refusal("page_unknown")
    return OneBatch(found[0], steps(visit.connection, which))


def sheet(visit: Visit) -> Sheet:
    """Batches to take along."""
    t = visit.t
    headings = [
        *(t("Station"), t("Batch"), t("State"), t("Team"), t("Zone"), t("Rows"), t("Collected")),
        *(t("Loaded"), t("Returned"), t("Received (yuan)"), t("Left (yuan)"), t("Last step")),
    ]
    found = lives(visit.connection, recent(visit.connection, 5_000))
    return Sheet(headings, [_row(visit, one) for one in found])


def _row(visit: Visit, one: Life) -> list[Cell]:
    stage, zone = word(f"stage.{one.stage}", visit.t), word(f"zone.{one.zone}", visit.t)
    return [
        *(one.station, one.batch, stage, one.team, zone if one.zone else "", one.rows),
        *(one.collected, one.loaded, one.returned, yuan(one.received_fen), yuan(one.left_fen)),
        one.last_at.astimezone(ZONE).isoformat(" ", "seconds"),
    ]


PAGES = (
    Page("batches", "All batches", Right.LOOK, show_all, icon="bag", key="b"),
    Page("batch", "Batch", Right.LOOK, show_one, path="batches/{station}/{batch}"),
)
EXPORTS = (Export("batches", "All batches", Right.LOOK, sheet),)
