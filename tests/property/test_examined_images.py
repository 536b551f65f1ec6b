"""Images nobody wrote are examined, too: nothing raises, nothing is presented, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

import pytest

from cardstation.domain.card_report import CardReport, Verdict, masked
from cardstation.errors import CardStationError
from cardstation.i18n import translator
from cardstation.ports.reader import Presence, Reader
from cardstation.sentences.card_told import card_told
from cardstation.services.examine_card import examine_card
from cardstation.services.identify import Inserted
from cardstation.services.station import Station
from drivers.chips.coded import CodedChip
from drivers.layouts.findings import places_of
from tests.kit.image_reading import ImageDesk
from tests.kit.paper_card import PaperChip, PaperReader
from tests.kit.repeat import first_seed, times
from tests.kit.strange_images import Declared

IMAGES = 250
THROUGH_TWINS = 6
ZH = translator("zh_CN")
FROM_REFUSAL = {
    "read": {Verdict.OURS, Verdict.OURS_TORN, Verdict.OURS_DAMAGED},
    "blank_card": {Verdict.BLANK},
    "foreign_card": {Verdict.OTHER_UTILITY},
    "card_damaged": {Verdict.OURS_DAMAGED},
    "no_maker_rules": {Verdict.OTHER_AREA},
    "tool_card": {Verdict.TOOL},
}
"""What the counter says of an image, and what an examination may call it."""

_ELSEWHERE = {Verdict.NOT_A_GAS_CARD, Verdict.CPU_CARD_FOREIGN}
"""Of cards as which no image here begins."""


class ExaminingDesk(ImageDesk):
    """Examines what it reads: on paper beside the counter's answer, and in the twins."""

    def examine(self, seed: int, images: int) -> None:
        dice = Random(seed)
        for number in range(images):
            _, sample, image = self.corpus.strange(dice)
            self._on_paper(sample.layout, image, number)
            if number % THROUGH_TWINS == 0:
                self._in_twin(dice, sample.layout.chip, image)
                self._in_purse(dice)

    def _on_paper(self, layout: Declared, image: bytes, number: int) -> str:
        shown = super()._on_paper(layout, image, number)
        station = self._paper[layout.chip]
        assert isinstance(station.chips[0], PaperChip)
        reader = PaperReader()
        report = self._examined(station, reader, Presence(reader.name, 1, reader.atr))
        wanted = FROM_REFUSAL.get(shown, FROM_REFUSAL["read"])
        assert report.verdict in wanted, (shown, report.verdict)
        return shown

    def _tried(self, reader: Reader, presence: Presence, whose: Callable[[Inserted], bool]) -> None:
        del whose
        try:
            self._examined(self.station, reader, presence)
        except CardStationError as error:
            raise AssertionError(f"raised {error}") from error
        self.counts["in a reader"] += 1

    def _examined(self, station: Station, reader: Reader, presence: Presence) -> CardReport:
        report = examine_card(station, reader, presence, places_of)
        told = card_told(report, ZH)
        assert told.todo
        if report.content is not None and not report.on_file:
            account = report.content.identity.account_no
            assert account == masked(account)
        self.counts[report.verdict] += 1
        return report


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExaminingDesk]:
    with ExaminingDesk(tmp_path_factory.mktemp("images")) as opened:
        yield opened


def test_whatever_lies_there_is_explained(
    desk: ExaminingDesk, record_property: Callable[[str, object], None]
) -> None:
    images = times("IMAGES", IMAGES)
    desk.counts.clear()
    desk.examine(first_seed(), images)
    told = {verdict for verdict in Verdict if desk.counts[verdict]}
    assert told >= set(Verdict) - _ELSEWHERE
    assert desk.counts["in a reader"] >= images // THROUGH_TWINS
    record_property("counted", {"strange images examined, raised 0, codes presented 0:": images})


def test_an_examination_that_presents_a_code_is_found(
    desk: ExaminingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = CodedChip.tries_left

    def hasty(self: CodedChip) -> int | None:
        left = whole(self)
        self._speech.present_code(self._link, b"\xff" * self._memory.code_bytes)
        return left

    monkeypatch.setattr(CodedChip, "tries_left", hasty)
    with pytest.raises(AssertionError):
        desk.examine(first_seed(), IMAGES)
