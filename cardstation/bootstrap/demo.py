"""`./dev run`: the main job on embedded defaults, from a messy list to books that agree."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click

import resources
from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.centre import centre_desk, embedded_centre
from cardstation.bootstrap.demo_cards import Bag, pack
from cardstation.bootstrap.demo_readers import DemoReaders, demo_readers
from cardstation.bootstrap.demo_shift import close_blind, on_duty
from cardstation.bootstrap.demo_summary import Told, books_agree, tell
from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.bootstrap.papers import write_receipts, write_sheet
from cardstation.bootstrap.pictures import picture_papers
from cardstation.bootstrap.plastic import money_on_cards
from cardstation.bootstrap.purses import TRAINING
from cardstation.bootstrap.station import open_station
from cardstation.central.process import CentralProcess
from cardstation.domain.batch import Batch, LineKind, LineOutcome, LineState, Verdict
from cardstation.domain.ledger import Order
from cardstation.domain.money import NO_MONEY
from cardstation.domain.payment import Tender
from cardstation.domain.shift import ShiftClose
from cardstation.domain.volume import Volume
from cardstation.errors import CardStationError
from cardstation.i18n import Translator, translator
from cardstation.logs import log_to_folder
from cardstation.sentences import of_error
from cardstation.services.batch_state import batch_state
from cardstation.services.identify import Inserted
from cardstation.services.import_directory import import_directory
from cardstation.services.import_list import import_list
from cardstation.services.pay_batch import pay_batch
from cardstation.services.quote import quote
from cardstation.services.station import Station
from cardstation.services.sync import sync
from cardstation.settings import Settings, load_settings
from drivers.virtual.rack import Rack
from ui.desk_services import DeskServices, Watch
from ui.rehearsal import Rehearsal

LIST = "training/净月新城11月收卡.xlsx"
MARK = "demo.json"
TELL_EVERY = 20


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True
)
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True)
@click.option("--list", "path", type=click.Path(exists=True, path_type=Path), help="Another list.")
@click.option("--pace", type=float, help="Seconds between two cards.")
@click.option("--lang", type=click.Choice(["zh_CN", "en"]), default="zh_CN", show_default=True)
@click.option(
    "--window/--no-window", default=None, help="Default: a window where there is a display."
)
def demo(
    *,
    home: Path,
    out: Path,
    path: Path | None,
    pace: float | None,
    lang: str,
    window: bool | None,
) -> None:
    """Run a bag of virtual cards through the real card stack and the real ledger.

    Everything is made anew in HOME; receipts, the hand-over sheet and pictures go to OUT.
    """
    by_hand = _has_display() if window is None else window
    if not by_hand:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if (out / "receipts").exists():
        shutil.rmtree(out / "receipts")
    settings = _fresh(home, lang)
    play = Play(settings, out, by_hand, pace if pace is not None else (0.8 if by_hand else 0.0))
    if not play.run(path or resources.path(LIST)):
        raise click.exceptions.Exit(4)


def run_demo(arguments: list[str]) -> int:
    """Run the demo and return its exit status: 0 only when the books agree."""
    try:
        demo.main(arguments, standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except CardStationError as error:
        print(of_error(error, translator()), file=sys.stderr)
        return error.exit_status
    return 0


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _fresh(home: Path, lang: str) -> Settings:
    """An empty data folder; only a folder that a demo made before is emptied."""
    if (home / MARK).exists():
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text("{}")
    log_to_folder(home)
    settings = load_settings(home.absolute())
    return replace(settings, language=lang, training=True, purse_keys=TRAINING)


@dataclass(frozen=True, slots=True)
class Play:
    """One run of the demo.

    Attributes:
        by_hand: A clerk starts the batch in the window; else it runs and ends by itself.
        pace_s: Of the clerk's hands.
    """

    settings: Settings
    out: Path
    by_hand: bool
    pace_s: float

    @property
    def words(self) -> Translator:
        """Of the chosen language."""
        return translator(self.settings.language)

    def run(self, path: Path) -> bool:
        """Play it; True when card, journal and ledger agree."""
        began = time.monotonic()
        with ExitStack() as stack:
            settings, centre = stack.enter_context(embedded_centre(self.settings))
            self._say(
                "Ledger: private PostgreSQL on loopback, ready in {ms} ms", ms=centre.start_ms
            )
            self._say("Its pages while this runs: {url}", url=f"{centre.url}/console/")
            self._say(
                "To log in there: cardstation-central clerk add NAME --role auditor --home {home}",
                home=str(settings.home),
            )
            station, till = on_duty(stack.enter_context(open_station(settings, True)))
            batch = self._prepare(station, centre, path)
            readers = stack.enter_context(demo_readers(settings))
            self._say_readers(readers)
            bag = pack(CardBox(station, settings.home), batch)
            self._say("The window is usable after {s} s", s=f"{time.monotonic() - began:.1f}")
            self._lane(settings, station, batch, readers, bag)
            closed = close_blind(station, till)
            return self._close(station, centre, batch, closed, began)

    def _prepare(self, station: Station, centre: CentralProcess, path: Path) -> Batch:
        households = resources.path("training/households.csv")
        taken = import_directory(station, households, resources.path("training/tariffs.json"))
        self._say("Directory: {n} households", n=taken.count)
        desk = centre_desk(centre)
        for order in _orders(station):
            desk.post_order(order)
        sync(station)
        batch = import_list(station, path)
        ready = [line for line in batch.lines if line.verdict is Verdict.READY]
        self._say(
            "List {name}: {n} rows, {ready} ready",
            name=batch.name,
            n=len(batch.lines),
            ready=len(ready),
        )
        wanted = [line for line in ready if line.kind is LineKind.SALE]
        money = sum((line.money or NO_MONEY for line in wanted), NO_MONEY)
        pay_batch(station, batch.batch_id, tender=Tender.QR_CODE, money=money, reference="DEMO-1")
        self._say("Lump sum received: {money}", money=money)
        return batch

    def _lane(
        self, settings: Settings, station: Station, batch: Batch, readers: DemoReaders, bag: Bag
    ) -> None:
        current = [0]
        rack = Rack(
            readers.slot,
            (readers.firmware(card) for card in bag.hands()),
            self.pace_s,
            inserted=lambda number: current.__setitem__(0, number),
        )
        wiring = Wiring(settings, station, DeskReaders(readers.room))

        def let_go(number: int) -> None:
            if number and number % TELL_EVERY == 0:
                outcomes = batch_state(station, batch.batch_id).outcomes
                done = sum(one.state is LineState.DONE for one in outcomes)
                self._say("{done} of {all} topped up", done=done, all=len(bag.cards))
            rack.next(number)

        services = _fed(wiring.services(), lambda: current[0], let_go)
        rehearsal = Rehearsal(
            services,
            batch.batch_id,
            self.out,
            started=rack.start,
            over=lambda: rack.wait_empty(0),
            by_hand=self.by_hand,
        )
        self._say(
            "Press F5 in the window: the bag runs."
            if self.by_hand
            else "Cards run through the reader …"
        )
        rehearsal.run()
        rack.stop()

    def _close(
        self,
        station: Station,
        centre: CentralProcess,
        batch: Batch,
        closed: ShiftClose,
        began: float,
    ) -> bool:
        sync(station)
        lang = self.settings.language
        papers = self.settings.home / "papers"
        write_receipts(station, batch.batch_id, papers, lang)
        papers.mkdir(exist_ok=True)
        shutil.copytree(papers, self.out / "receipts", dirs_exist_ok=True)
        files = sorted((self.out / "receipts").glob("*.pdf"))
        sheet = write_sheet(station, batch.batch_id, self.out, lang)
        picture_papers([sheet, *files[:2]], self.out)
        ledger = centre_desk(centre).totals().classes
        box = CardBox(station, self.settings.home)
        on_cards = money_on_cards(station, box, batch.batch_id)
        told = Told(station, batch.batch_id, ledger, on_cards)
        tell(told, self.words)
        self._say(
            "Till of {clerk}: counted {counted}, expected {expected}, over or short {over}",
            clerk=closed.clerk,
            counted=closed.counted,
            expected=closed.expected,
            over=closed.over_short,
        )
        took = f"{time.monotonic() - began:.0f}"
        self._say("{n} papers in {out}; it took {s} s", n=len(files) + 1, out=str(self.out), s=took)
        return books_agree(told)

    def _say_readers(self, readers: DemoReaders) -> None:
        if readers.why_not_real:
            self._say(
                "No real card service here ({why}): the reader runs inside this program",
                why=readers.why_not_real,
            )
        else:
            self._say("Cards: real pcscd with a virtual reader, driven through PC/SC")

    def _say(self, text: str, **fields: object) -> None:
        shown = {
            name: value if isinstance(value, int) else str(value) for name, value in fields.items()
        }
        print(self.words(text, **shown), flush=True)


def _orders(station: Station) -> Iterator[Order]:
    """The orders that were paid online before the list came, priced as of today."""
    for asked in json.loads(resources.read_text("training/orders.json")):
        with station.store.reading() as reading:
            household = reading.households.get(asked["account_no"])
        if household is None:
            continue
        offer = quote(station, household, volume=Volume.of_m3(asked["m3"]))
        yield Order(
            order_id=f"ORDER-{household.account_no}",
            account_no=household.account_no,
            fen=offer.total.fen,
            litres=(offer.volume or Volume(0)).litres,
            tariff=offer.tariff,
            expected_counter=household.purchase_counter,
            leased_to=station.name,
        )


def _fed(
    services: DeskServices, lying: Callable[[], int], let_go: Callable[[int], None]
) -> DeskServices:
    """The window's services; the hands take a card when its line ended, well or not.

    Args:
        services: Of the window.
        lying: Number of the card that lies in the reader; asked when a line begins, for when a
            torn card's line ends the next card may lie there already.
        let_go: Told that number at the end.
    """

    def load_line(batch_id: str, card: Inserted, watch: Watch, envelope: str) -> LineOutcome:
        number = lying()
        try:
            return services.load_line(batch_id, card, watch, envelope)
        finally:
            let_go(number)

    return replace(services, load_line=load_line)
