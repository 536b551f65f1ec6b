"""Words for a hand-over that another station recorded."""

from __future__ import annotations

from cardstation.domain.custody import Reported
from cardstation.i18n import Translator


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
