"""What a made-up station answers about the run of a batch: envelopes, trays, released amounts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cardstation.domain.batch import LineOutcome, LineState, ManifestLine, Verdict
from cardstation.domain.preflight import RELEASED
from cardstation.domain.shift import Approval
from cardstation.services.batch_state import BatchState
from ui.desk_services import LaneServices

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation


def lane_services(station: FakeStation) -> LaneServices:
    """They change the station's one batch."""

    def standing() -> BatchState:
        assert station.standing is not None
        return station.standing

    def put(place: int, one: LineOutcome) -> None:
        known = standing()
        outcomes = (*known.outcomes[: place - 1], one, *known.outcomes[place:])
        batch = replace(known.batch, lines=tuple(each.line for each in outcomes))
        station.standing = replace(known, batch=batch, outcomes=outcomes)

    def put_in_envelope(
        _batch_id: str, place: int, envelope: str, by: Approval | None, reason: str
    ) -> ManifestLine:
        station._say("put_in_envelope", None)
        if by is not None:
            station.backs.append(("put_in_envelope", by.name, reason))
        one = standing().outcomes[place - 1]
        line = replace(one.line, envelope=envelope)
        put(place, replace(one, line=line))
        return line

    def release_amount(_batch_id: str, place: int, by: Approval) -> int:
        station._say("release_amount", None)
        station.backs.append(("release_amount", by.name, str(place)))
        one = standing().outcomes[place - 1]
        line = replace(one.line, verdict=Verdict.READY, reasons=(RELEASED,))
        put(place, replace(one, line=line, state=LineState.WAITING, reason=""))
        return place

    def allow_load(_batch_id: str, place: int, reading: str, by: Approval) -> None:
        station._say("allow_load", None)
        station.backs.append(("allow_load", by.name, f"{place} {reading}"))

    def lift_scans(_batch_id: str, by: Approval, reason: str) -> None:
        station.backs.append(("lift_scans", by.name, reason))
        rule("lift_scans", must=False)

    def rule(verb: str, *, must: bool) -> None:
        station._say(verb, None)
        known = standing()
        station.standing = replace(known, batch=replace(known.batch, scan_envelopes=must))

    return LaneServices(
        start=lambda _batch: station._say("start", None),
        pause=lambda _batch: station._say("pause", None),
        finish=lambda _batch: station._say("finish", True),
        runs=lambda _batch: station.runs,
        outcome=lambda _batch, place: standing().outcomes[place - 1],
        check_envelope=lambda _batch, _place, _envelope: station._say("check_envelope", None),
        route=lambda _batch, tray, at, card, code: station.routed.append((tray, at, card, code)),
        trays=lambda _batch: {at: tray for tray, at, card, _ in station.routed if at or card},
        put_in_envelope=put_in_envelope,
        require_scans=lambda _batch: rule("require_scans", must=True),
        lift_scans=lift_scans,
        release_amount=release_amount,
        allow_load=allow_load,
    )
