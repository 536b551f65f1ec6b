"""A bag for the window: invented hand-overs over the samples' list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cardstation.domain.batch import LineState
from cardstation.domain.batch_life import BatchStep, Stage, Step
from cardstation.domain.card_rows import card_places
from cardstation.domain.custody import (
    NEED_TWO,
    ON_PAPER,
    Explanation,
    HandOver,
    Moved,
    Party,
    Why,
)
from cardstation.domain.custody_book import custody
from cardstation.domain.custody_trace import BagTrace, TracedStep, counts_of
from cardstation.domain.seal_number import bare_seal, seal_number
from cardstation.domain.shift import Approval
from cardstation.errors import Refusal
from cardstation.services.batch_state import BatchState
from cardstation.services.custody_state import CustodyState, Happened
from cardstation.services.hand_over import HandOverRequest, judged
from tests.kit import window_samples as samples
from ui.bag_services import BagServices, ReturnMade

if TYPE_CHECKING:
    from tests.kit.window_fakes import FakeStation

BATCH = "2026-11-23-02"
SEALS = (seal_number(1, BATCH, 1), seal_number(1, BATCH, 2))
MORNING = samples.NOW.replace(hour=8, minute=5)
_STAGES = {
    Step.LISTED: Stage.LISTED,
    Step.QUOTED: Stage.QUOTED,
    Step.COLLECTED: Stage.COLLECTED,
    Step.RECEIVED: Stage.RECEIVED,
    Step.STARTED: Stage.RUNNING,
    Step.FINISHED: Stage.DONE,
    Step.RETURNED: Stage.RETURNED,
    Step.CLOSED: Stage.CLOSED,
}


@dataclass
class FakeBag:
    """Holds a bag's way; `say` adds to it."""

    events: list[tuple[Step, Moved | None, str, str]] = field(default_factory=list)
    strays: tuple[str, ...] = ()
    seen: bool = True
    asked: list[HandOverRequest] = field(default_factory=list)
    explained: list[Explanation] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    photos: list[tuple[int, bytes]] = field(default_factory=list)
    photo_due: int = 0
    recounts: list[tuple[str, int, str, int | None]] = field(default_factory=list)
    printer: str = "OKI-5530"
    all_out: bool = False
    again: list[str] = field(default_factory=list)

    def say(
        self, step: Step, moved: Moved | None = None, given_by: str = "", taken_by: str = ""
    ) -> None:
        self.events.append((step, moved, given_by, taken_by))

    def state(self, standing: BatchState) -> CustodyState:
        stage, timeline = Stage.LISTED, []
        for number, (step, moved, given_by, taken_by) in enumerate(self.events, start=1):
            stage = _STAGES.get(step, stage)
            at = MORNING + timedelta(minutes=37 * number)
            told = BatchStep(BATCH, step, stage, "", "林晓燕", at, number)
            timeline.append(
                Happened(told, moved, given_by, taken_by, photo_due=number == self.photo_due)
            )
        moves = [(one.step.at, one.moved) for one in timeline if one.moved is not None]
        seen = self._seen(standing, timeline)
        seals = [one.moved.seal_no for one in timeline if isinstance(one.moved, HandOver)]
        return CustodyState(
            batch=standing,
            stage=stage,
            custody=custody(standing.outcomes, moves, seen, self.strays),
            timeline=tuple(timeline),
            seals=tuple(dict.fromkeys(seal for seal in seals if seal)),
        )

    def _seen(self, standing: BatchState, timeline: list[Happened]) -> dict[int, datetime]:
        began = [one.step.at for one in timeline if one.step.step is Step.STARTED]
        if not began or not self.seen:
            return {}
        run = (LineState.DONE, LineState.STOPPED)
        places = card_places(standing.outcomes).values()
        return {p: began[0] for p in places if standing.outcomes[p - 1].state in run}

    def trace(self, seal_no: str) -> BagTrace:
        """As the ledger tells of another station's bag; the last seal is known to nobody."""
        number = bare_seal(seal_no)
        if number == SEALS[-1]:
            raise Refusal("bag_not_known_here", seal_no=number, since="2026-11-24 08:40+08:00")
        steps = tuple(
            TracedStep(MORNING + timedelta(minutes=37 * at), step, _STAGES[step], "陈静", moved)
            for at, (step, moved, *_) in enumerate(self.events, start=1)
            if step in _STAGES
        )
        stage = steps[-1].stage
        return BagTrace(number, "S002", BATCH, False, stage, counts_of(steps), steps)

    def collect(self, asked: HandOverRequest) -> BagTrace:
        self.asked.append(asked)
        return self.trace(asked.seal_no)

    def collected(self, seal_no: str) -> HandOver | None:
        done = bare_seal(seal_no) in [one.seal_no for one in self.asked]
        return collected() if done else None

    def count_again(
        self, seal_no: str, arrived: int, reason: str, expected: int | None
    ) -> BagTrace:
        if arrived > 60:
            raise Refusal("hand_over_count", arrived=arrived, expected=expected)
        self.recounts.append((seal_no, arrived, reason, expected))
        return self.trace(seal_no)

    def photograph(
        self, station: FakeStation, now: CustodyState, number: int, picture: bytes
    ) -> CustodyState:
        station._say("photograph", None)
        self.photos.append((number, picture))
        return now

    def services(self, station: FakeStation) -> BagServices:
        def now() -> CustodyState:
            assert station.standing is not None
            return self.state(station.standing)

        def hand_over(_batch_id: str, asked: HandOverRequest) -> CustodyState:
            station._say("hand_over", None)
            self.asked.append(asked)
            told = judged(now(), BATCH, asked)
            step = Step.RECEIVED if asked.taker is Party.DESK else Step.HANDED_OVER
            self.say(step, told, asked.given_by, asked.taken_by)
            return now()

        def explain(_batch_id: str, told: Explanation, approval: Approval | None) -> CustodyState:
            assert approval is not None or told.why not in NEED_TWO
            station._say("explain", None)
            self.explained.append(told)
            self.say(Step.EXPLAINED, told)
            return now()

        def close(_batch_id: str) -> CustodyState:
            station._say("close_batch", None)
            self.say(Step.CLOSED)
            return now()

        def paper(name: str) -> Path:
            self.papers.append(name)
            return station._say(name, Path(f"{BATCH}-{name}.pdf"))

        def printed(
            batch_id: str, by_floor: bool, again: str, progress: Callable[[int, int], None]
        ) -> ReturnMade:
            self.again.append(again)
            if self.all_out and not again:
                raise Refusal("return_printed", batch_id=batch_id)
            for done in range(41):
                progress(done, 64)
            paths = (paper("strips" if by_floor else "return"),)
            progress(64, 64)
            return ReturnMade(paths, printed=bool(self.printer))

        return BagServices(
            state=lambda _batch_id: station._say("custody_state", now()),
            hand_over=hand_over,
            give_back=hand_over,
            photograph=lambda _batch_id, *photo: self.photograph(station, now(), *photo),
            explain=explain,
            close=close,
            collect=self.collect,
            collected=self.collected,
            count_again=self.count_again,
            trace=self.trace,
            label=lambda _batch_id: paper("label"),
            slip=lambda batch_id, no: paper(f"slip {no} {batch_id}" if no == 0 else f"slip {no}"),
            annex=lambda _batch_id: paper("annex"),
            print_return=printed,
        )


def collected(count: int = 60) -> HandOver:
    places = tuple(range(1, count + 1))
    return HandOver(SEALS[0], Party.MANAGER, Party.TEAM, 58, 57, places, (), (), "a" * 64, "b" * 64)


def received(count: int = 60) -> HandOver:
    places = tuple(range(1, count + 1))
    return HandOver(SEALS[0], Party.TEAM, Party.DESK, 57, 57, places, (), ("4073",), ON_PAPER, "")


def on_its_way(bag: FakeBag) -> None:
    """Collected, received, being loaded."""
    bag.say(Step.LISTED)
    bag.say(Step.QUOTED)
    bag.say(Step.COLLECTED, collected(), "陈国栋", "李建国")
    bag.say(Step.RECEIVED, received(), "李建国", "林晓燕")
    bag.say(Step.STARTED)


def given_back(bag: FakeBag, standing: BatchState) -> None:
    """Run, explained, back and closed."""
    bag.say(Step.FINISHED)
    lacking = bag.state(standing).custody.lacking_places
    bag.say(Step.EXPLAINED, Explanation(Why.OTHER_BATCH, extras=("4073",)))
    if lacking:
        bag.say(Step.EXPLAINED, Explanation(Why.NEVER_GIVEN, lacking))
    held = bag.state(standing).custody.held
    bag.say(Step.EXPLAINED, Explanation(Why.REFUSED, held[:1]))
    bag.say(Step.EXPLAINED, Explanation(Why.KEEPS_GAS, held[:1]))
    places = held[1:]
    told = HandOver(
        SEALS[1], Party.DESK, Party.MANAGER, len(places), len(places), places, (), (), "", "c" * 64
    )
    bag.say(Step.RETURNED, told, "林晓燕", "陈国栋")


def fetched(bag: FakeBag, standing: BatchState) -> None:
    """What was kept is with its household."""
    kept = bag.state(standing).custody.kept
    told = HandOver("", Party.DESK, Party.RESIDENT, len(kept), len(kept), kept, (), (), "", "paper")
    bag.say(Step.HANDED_OVER, told, "林晓燕", "赵敏")
