"""Gives the window its callables: every one is a service call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from cardstation import __version__
from cardstation.bootstrap.bag_papers import purge_in_time
from cardstation.bootstrap.card_examination import examine, file_name
from cardstation.bootstrap.desk_accounts import account_services
from cardstation.bootstrap.desk_bag import bag_services
from cardstation.bootstrap.desk_cards import issue_services
from cardstation.bootstrap.desk_counter import counter_services
from cardstation.bootstrap.desk_given import given_services
from cardstation.bootstrap.desk_household import household_services
from cardstation.bootstrap.desk_lists import list_services
from cardstation.bootstrap.desk_meter import meter_services
from cardstation.bootstrap.desk_money import money_services
from cardstation.bootstrap.desk_orders import order_services
from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_teams import team_services
from cardstation.bootstrap.desk_tools import tool_services
from cardstation.bootstrap.doctor import look_at_everything
from cardstation.bootstrap.papers import (
    write_card_report,
    write_card_slip,
    write_closing_slip,
    write_receipt,
    write_refund_slip,
    write_sheet,
)
from cardstation.bootstrap.patient_sync import PatientSync
from cardstation.domain.card_report import CardReport
from cardstation.domain.card_slip import CardSlip
from cardstation.domain.charge import Original
from cardstation.domain.closing import ClosingSlip
from cardstation.domain.household import Household
from cardstation.domain.money import Money
from cardstation.domain.shift import Approval, Clerk, Role, Shift, ShiftClose
from cardstation.domain.tariff import Quote
from cardstation.domain.topup import TopUp
from cardstation.domain.trays import Tray
from cardstation.domain.volume import Volume
from cardstation.ports.reader import Presence
from cardstation.services.add_clerk import add_clerk
from cardstation.services.allow_load import allow_load
from cardstation.services.answer_payment import answer_payment
from cardstation.services.approve import approve, come_forward, vouch
from cardstation.services.batch_list import batch_list
from cardstation.services.batch_state import batch_state, outcome_of
from cardstation.services.begin_pay_out import begin_pay_out
from cardstation.services.card_trays import laid, strays_to_ask
from cardstation.services.check_envelope import check_envelope
from cardstation.services.close_shift import close_shift
from cardstation.services.custody_state import custody_in
from cardstation.services.dispute import dispute
from cardstation.services.exceptions_state import exceptions_state
from cardstation.services.identify import Inserted, insert_card
from cardstation.services.import_list import import_list
from cardstation.services.intent.cases import Case
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.load_line import load_line
from cardstation.services.open_intents import open_intents
from cardstation.services.open_shift import open_shift
from cardstation.services.pay_out import pay_out
from cardstation.services.put_in_envelope import put_in_envelope
from cardstation.services.quote import quote
from cardstation.services.read_card import read_card
from cardstation.services.refund import request_refund
from cardstation.services.refund_slip import refund_slip
from cardstation.services.rejoin import rejoin
from cardstation.services.release_amount import release_amount
from cardstation.services.require_scans import lift_scans, require_scans
from cardstation.services.resolve import resolve_card
from cardstation.services.return_load import return_load, withdraw_return
from cardstation.services.route_card import route_card
from cardstation.services.run_batch import finish_batch, pause_batch, runs, start_batch
from cardstation.services.settle_dispute import settle_dispute
from cardstation.services.shift_state import shift_state
from cardstation.services.station import Station
from cardstation.services.sync_state import sync_state
from cardstation.services.top_up import top_up
from cardstation.services.vouchers import vouchers
from cardstation.settings import Settings, load_settings, save_setting
from drivers.printers import CupsPrinter, queues
from ui.bag_services import BagServices
from ui.desk_services import (
    BackServices,
    DeskServices,
    DeskSettings,
    Finding,
    LaneServices,
    ListServices,
    PrinterStanding,
    ShiftServices,
    Watch,
)
from ui.money_services import MoneyServices
from ui.order_services import OrderServices

_Part = TypeVar("_Part")


SHOWN_BATCHES = 30


class Wiring:
    """A station behind the window's callables.

    Args:
        settings: Of this desk.
        station: Open for writing.
        readers: Where cards lie.
        found: What recovery left open.
    """

    def __init__(
        self,
        settings: Settings,
        station: Station,
        readers: DeskReaders,
        found: tuple[OpenIntent, ...] = (),
    ) -> None:
        self.settings, self.station, self.readers = settings, station, readers
        self.found = found
        self.papers = settings.home / "papers"

    def services(self) -> DeskServices:
        """Everything the window can ask for."""
        station, readers = self.station, self.readers
        return DeskServices(
            station=station.name,
            training=station.training,
            version=__version__,
            wait_card=readers.wait_card,
            wait_removed=readers.wait_removed,
            wake=readers.wake,
            insert_card=self.insert_card,
            resolve_card=partial(resolve_card, station),
            examine_card=self.examine_card,
            print_examination=self.print_examination,
            answer_payment=lambda intent, taken: answer_payment(station, intent, taken=taken),
            read_card=partial(read_card, station),
            quote=self.quote,
            top_up=partial(top_up, station),
            batches=partial(batch_list, station, SHOWN_BATCHES),
            batch_state=partial(batch_state, station),
            import_list=partial(import_list, station),
            load_line=partial(load_line, station),
            print_receipt=self.print_receipt,
            handover=self.handover,
            open_intents=partial(open_intents, station),
            exceptions=self.exceptions,
            readers=readers.standing,
            printer=self.printer,
            sync_state=partial(sync_state, station),
            sync=PatientSync(station),
            doctor=self.doctor,
            settings=self._settings(),
            save_settings=self.save_settings,
            now=station.clock.now,
            rejoin=lambda second, first: rejoin(station, second, clerk=first),
            lists=self.lists(),
            shifts=self.shifts(),
            back=self.back(),
            lanes=self.lanes(),
            bag=self.bag(),
            teams=self._filed(team_services),
            issuing=issue_services(station, readers.reader, self.print_card_slip),
            given=given_services(station),
            meter=meter_services(station, self.readers.reader, self._printed, self.settings),
            tools=tool_services(station, self.readers.reader, self._printed, self.settings),
            accounts=account_services(station, self.print_closing),
            household=self._filed(household_services),
            counter=self._filed(counter_services),
            money=self.money(),
            orders=self.orders(),
            found=self.found,
        )

    def _filed(
        self, made: Callable[[Station, Path, Callable[[], str], Callable[[Path], Path]], _Part]
    ) -> _Part:
        """Services that file papers, and print them."""
        return made(self.station, self.papers, lambda: self.settings.language, self._printed)

    def shifts(self) -> ShiftServices:
        """Clerks and their shifts."""
        return ShiftServices(
            state=partial(shift_state, self.station),
            open=self.open_shift,
            close=self.close_shift,
            add_clerk=self.add_clerk,
            approve=partial(approve, self.station),
            come_forward=partial(come_forward, self.station),
            vouchers=partial(vouchers, self.station),
            vouch=lambda name, pin, whom: vouch(self.station, name, pin, whom=whom),
        )

    def back(self) -> BackServices:
        """Gas and money that go back."""
        station = self.station
        return BackServices(
            refund=partial(request_refund, station),
            begin_pay_out=partial(begin_pay_out, station),
            pay_out=self.pay_out,
            paid_slip=self.paid_slip,
            take_back=self.take_back,
            withdraw=partial(withdraw_return, station),
            dispute=partial(dispute, station),
            settle=partial(settle_dispute, station),
        )

    def money(self) -> MoneyServices:
        """The money of batches."""
        return money_services(
            self.station, self.papers, lambda: self.settings.language, self._printed
        )

    def orders(self) -> OrderServices:
        """Gas that was paid online."""
        return order_services(self.station, lambda: self.settings)

    def lanes(self) -> LaneServices:
        """The run of a batch."""
        station = self.station
        return LaneServices(
            start=partial(start_batch, station),
            pause=partial(pause_batch, station),
            finish=partial(finish_batch, station),
            runs=partial(runs, station),
            outcome=partial(outcome_of, station),
            check_envelope=partial(check_envelope, station),
            route=self.route,
            trays=self.trays,
            put_in_envelope=partial(put_in_envelope, station),
            require_scans=partial(require_scans, station),
            lift_scans=partial(lift_scans, station),
            release_amount=partial(release_amount, station),
            allow_load=partial(allow_load, station),
        )

    def route(self, batch_id: str, tray: Tray, place: int, card_no: str, code: str) -> None:
        """A card into a tray."""
        route_card(self.station, batch_id, tray, place=place, card_no=card_no, code=code)

    def trays(self, batch_id: str) -> dict[int, Tray]:
        """Where the stopped cards of a batch were laid, by their lines; the last word counts.

        Under 0, B: cards on no line lie there and somebody must ask about them.
        """
        with self.station.store.reading() as reading:
            stops = reading.funds.stops(batch_id)
            strays = any(not stop.line and stop.card_no for stop in stops)
            here = custody_in(reading, batch_id).custody.extras if strays else ()
        found = {stop.line: laid(stop) for stop in stops if stop.line}
        return {**found, 0: Tray.B} if strays_to_ask(stops, here) else found

    def lists(self) -> ListServices:
        """Lists and their rows."""
        return list_services(self.station)

    def bag(self) -> BagServices:
        """Custody of cards."""
        return bag_services(self.station, self.papers, lambda: self.settings, self._printed)

    def open_shift(self, name: str, pin: str, float_money: Money, signs_unknown: bool) -> Shift:
        """Begin a shift."""
        return open_shift(
            self.station, name, pin, float_money=float_money, signs_unknown=signs_unknown
        )

    def close_shift(
        self, pin: str, counted: Money | None, handed_to: str, handed_pin: str
    ) -> ShiftClose:
        """Sign a count and end the shift; a desk that is never switched off purges here."""
        closed = close_shift(
            self.station, pin, counted=counted, handed_to=handed_to, handed_pin=handed_pin
        )
        purge_in_time(self.station, self.settings)
        return closed

    def add_clerk(self, name: str, pin: str, roles: tuple[Role, ...], by: Approval | None) -> Clerk:
        """One more person."""
        return add_clerk(self.station, name, pin, roles, by=by)

    def pay_out(
        self, intent_id: str, approval: Approval, found: str, original: Original | None
    ) -> TopUp:
        """What is owed is in the payer's hands."""
        return pay_out(self.station, intent_id, approval, found=found, original=original)

    def paid_slip(self, intent_id: str) -> Path:
        """File it, and print it where a printer is set."""
        slip = refund_slip(self.station, intent_id)
        return self._printed(write_refund_slip(slip, self.papers, self.settings.language))

    def take_back(self, card: Inserted, approval: Approval, reading: str, watch: Watch) -> TopUp:
        """The load off the card again."""
        return return_load(self.station, card, approval, watch, reading=reading)

    def insert_card(self, presence: Presence) -> Inserted:
        """Open and identify."""
        return insert_card(self.station, self.readers.reader(presence.reader), presence)

    def examine_card(self, presence: Presence) -> CardReport:
        """Whatever lies there."""
        return examine(self.station, self.readers.reader(presence.reader), presence)

    def print_examination(self, report: CardReport) -> Path:
        """File it, and print it where a printer is set."""
        path = self.papers / file_name(report.made_at)
        return self._printed(write_card_report(report, path, self.settings.language))

    def print_card_slip(self, slip: CardSlip) -> Path:
        """File it, and print it where a printer is set."""
        return self._printed(write_card_slip(slip, self.papers, self.settings.language))

    def print_closing(self, slip: ClosingSlip) -> Path:
        """File it, and print it where a printer is set."""
        return self._printed(write_closing_slip(slip, self.papers, self.settings.language))

    def quote(
        self, card: Inserted, household: Household, money: Money | None, volume: Volume | None
    ) -> Quote:
        """Price, explained."""
        return quote(self.station, household, money=money, volume=volume, rules=card.rules)

    def exceptions(self) -> tuple[Case, ...]:
        """What is open; the setting may have changed since."""
        days = self.settings.order_warn_days
        return exceptions_state(self.station, order_warn_days=days)

    def print_receipt(self, receipt_no: str) -> Path:
        """File a receipt on both papers, and print it where a printer is set.

        Receipts of a batch come out with the return, in the order of the doors.
        """
        language = self.settings.language
        path, _ = write_receipt(self.station, receipt_no, self.papers, language)
        with self.station.store.reading() as reading:
            filed = reading.receipts.get(receipt_no)
        return path if filed is not None and filed.batch_id else self._printed(path)

    def handover(self, batch_id: str) -> Path:
        """File and print the sheet for the way back."""
        path = write_sheet(self.station, batch_id, self.papers, self.settings.language)
        return self._printed(path)

    def doctor(self) -> tuple[Finding, ...]:
        """The checks of `cardstation doctor`."""
        checks = look_at_everything(self.settings)
        return tuple(Finding(check.name, check.ok, check.found) for check in checks)

    def save_settings(self, chosen: DeskSettings) -> None:
        """Keep what the operator changed."""
        save_setting(
            self.settings.home,
            language=chosen.language,
            theme=chosen.theme,
            scale=chosen.scale,
            sound=chosen.sound,
            printer=chosen.printer,
            pace_ms=round(chosen.pace_s * 1000),
            dialects=chosen.dialects or {},
        )
        self.settings = load_settings(self.settings.home)

    def printer(self) -> PrinterStanding:
        """The printer in use, and whether CUPS knows it."""
        name = self.settings.printer
        return PrinterStanding(name, ready=not name or name in queues())

    def _settings(self) -> DeskSettings:
        settings = self.settings
        return DeskSettings(
            language=settings.language,
            theme=settings.theme,
            scale=settings.scale,
            sound=settings.sound,
            printer=settings.printer,
            pace_s=settings.pace_ms / 1000,
            dialects=settings.dialects,
            printers=queues(),
            folders=(("Data", settings.home), ("Papers", self.papers)),
        )

    def _printed(self, path: Path) -> Path:
        if self.settings.printer:
            CupsPrinter(self.settings.printer).print(path.read_bytes(), path.stem)
        return path
