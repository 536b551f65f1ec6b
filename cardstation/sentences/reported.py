"""Words for a hand-over that another station recorded."""

from __future__ import annotations

from cardstation.domain.custody import Recounted, Reported
from cardstation.i18n import Translator
from cardstation.sentences import word


def recorded_where(told: Reported, t: Translator) -> str:
    """Where, when and by whom; and whether it only stands beside our own record."""
    when = f"{told.at:%m-%d %H:%M}"
    if told.beside:
        return t(
            "recorded at {station}, {when}, {clerk}; stands beside our own record",
            station=told.station,
            when=when,
            clerk=told.clerk,
        )
    return t(
        "recorded at {station}, {when}, {clerk}",
        station=told.station,
        when=when,
        clerk=told.clerk,
    )


def picture_where(station: str, t: Translator) -> str:
    """At which laptop the picture of a signed paper is; empty while it is here."""
    return t("the picture is at {station}", station=station) if station else ""


def counted_anew(told: Recounted, t: Translator) -> str:
    """From which count to which, why, and where that was recorded."""
    said = t("{before} → {n} cards", before=told.before, n=told.arrived)
    where = t("recorded at {station} by {clerk}", station=told.station, clerk=told.clerk)
    late = t("came late, moves no card") if told.beside else ""
    why = word(f"recount.{told.reason}", t)
    return "  ·  ".join(part for part in (said, why, where * bool(told.station), late) if part)
