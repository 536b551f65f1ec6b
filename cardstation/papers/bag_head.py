"""What the A4 papers of a bag share: their head with a code to scan, and the places to sign."""

from __future__ import annotations

from cardstation.domain.bag_papers import Annex, ManagerSheet, NotDoneList, ReceiptStrips
from cardstation.papers.a4_pages import RIGHT, Pages, Paper

OfBag = Annex | ManagerSheet | NotDoneList | ReceiptStrips


def bag_paper(value: OfBag, title: str) -> Paper:
    """What stands on every page of a paper of a bag."""
    return Paper(
        title=title,
        number=value.batch_id,
        running=value.community,
        company=value.company,
        station=value.station,
        made_at=value.made_at,
        training=value.training,
    )


def bag_head(pages: Pages, facts: tuple[tuple[str, str, float], ...]) -> None:
    """Draw the top of the first page; `facts` are label, text and room in millimetres."""
    pages.title()
    pages.pen.qr_square(RIGHT - 19.5, 11, f"CS:B/{pages.paper.number}", 19.5)
    t = pages.t
    pages.facts(((t("Batch"), pages.paper.number, 30), *facts))
    pages.y += 10
