"""A meter of purse cards: it takes what its card's purse holds, once, and writes back that it did.

It notes what it asks the purse for before it asks. A card pulled while it gives has given all or
nothing; its own count of purchases says which at the next insertion, and the meter credits what
it noted. So nothing is lost between a purse and its meter, and nothing is taken twice.

What it wrote back before must be read and cleared by a desk first: with its answer still there it
takes no load (error 18; reference cards 6.3, step 6).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Limits,
    Quantity,
)
from cardstation.domain.meter import CounterSchool, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.topup import NO_MARK
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal, fail
from drivers.keys.purse_keys import PurseMasters, training_masters
from drivers.layouts.fields import BEIJING
from drivers.makers.purse_cards import PURSE_CARDS
from drivers.purses.chip import KIND, MARK_BYTES
from drivers.purses.gas_content import Parameters, Purpose, Returned, is_cleared
from drivers.purses.gas_files import LOG_BYTES, PARAMETERS, RETURNED, LogRecord
from drivers.purses.layout import HOARD, PurseLayout
from drivers.purses.opencpu import OPEN_CPU
from drivers.purses.volume_content import parameters_of, returned_of
from drivers.purses.volume_layout import VolumePurseLayout
from drivers.virtual.card import VirtualCard
from drivers.virtual.maker import DEMO_PRICE
from drivers.virtual.meter import MeterVerdict, VirtualMeter
from drivers.virtual.meter_errors import MeterError
from drivers.virtual.meter_life import card_read
from drivers.virtual.meter_rules import FLAT, Decision, MeterState, Taking, decide
from drivers.virtual.purse_card import VirtualPurseCard
from drivers.virtual.purse_gate import card_error, module_error
from drivers.virtual.tear import Cut, Torn
from drivers.virtual.volume_purse import VirtualVolumePurse

_TYPES = {
    Purpose.OPENING: CardType.OPENING,
    Purpose.BUYING: CardType.USER,
    Purpose.REISSUE: CardType.REISSUE,
}


@dataclass(frozen=True, slots=True)
class Noted:
    """What a meter asked a purse for and has no answer to yet.

    Attributes:
        spent: The purse's count of purchases before.
        content: The card as it was read then.
    """

    spent: int
    content: CardContent


class PurseMeter(VirtualMeter):
    """A meter on the wall; its kind is its cards'.

    Attributes:
        noted: Written into its own memory before a purse is asked, gone once it answered.
        module: The masters in its secure module; None = that does not answer.
    """

    def __init__(self, state: MeterState) -> None:
        layouts = {MeterKind.MONEY: PurseLayout, MeterKind.VOLUME: VolumePurseLayout}
        super().__init__(state, layouts[state.kind](OPEN_CPU.name, PURSE_CARDS.code))
        self.noted: Noted | None = None
        self.module: PurseMasters | None = training_masters()

    @classmethod
    def of_purse(cls, card: VirtualCard) -> PurseMeter:
        """The meter a purse belongs to, remembering what it wrote there last.

        Raises:
            Refusal: `card_damaged`.
        """
        chip = purse_in(card)
        whose, back = files_of(chip)
        cells = chip.state.of_kind(KIND)
        kind = _kind_of(chip)
        return cls(
            MeterState(
                meter_no=whose.meter_no,
                kind=kind,
                school=CounterSchool.EXACT,
                account_no=whose.customer_no,
                generation=whose.generation,
                purchase_counter=cells.online if not cells.balance else cells.online - 1,
                taken_mark=NO_MARK if cells.balance else mark_in(chip),
                residual=back.remaining_fen if back else 0,
                price=DEMO_PRICE if kind is MeterKind.MONEY else None,
            )
        )

    def take(
        self,
        card: VirtualCard,
        *,
        at: datetime | None = None,
        cut: Cut | None = None,
        backwards: bool = False,
    ) -> MeterVerdict:
        """Let the meter read a purse, take what is in it, and write back.

        Args:
            card: The card in the meter's slot.
            at: The meter's clock, by default now.
            cut: Pull the card at this step of what the card does, counted from its selection.
            backwards: The card lies the wrong way round.
        """
        if self.state.battery < FLAT:
            return self._verdict(self._untouched(MeterError.VOLTAGE))
        if silent := module_error(self.module):
            return self._verdict(self._untouched(silent))
        self.state = card_read(self.state)
        if backwards:
            return self._verdict(self._untouched(MeterError.CARD_RESET))
        chip, had = purse_in(card), self.state.cumulative
        try:
            chip.power_up()
            chip.arm(cut)
            return self._taken(chip, (at or datetime.now(UTC)).astimezone(BEIJING))
        except Torn:
            taken = self.state.cumulative - had
            pulled = self._pulled(Taking.CREDITED if taken else Taking.REFUSED, taken)
            return self._verdict(pulled, torn=True)
        except Refusal:
            return self._verdict(self._untouched(MeterError.FORMAT))
        finally:
            chip.power_off()

    def _taken(self, chip: VirtualPurseCard, at: datetime) -> MeterVerdict:
        module = self.module or fail("it answered just now")
        if stop := card_error(chip, module):
            return self._verdict(self._untouched(stop))
        whose = files_of(chip, answered=False)[0]
        content = self._content(chip, whose)
        before = self.state.cumulative
        self._credit_what_was_noted(chip, content)
        decision = self._answered(chip, decide(self.state, content))
        if not decision.writes:
            self.state = decision.after
            return self._verdict(decision)
        cells = chip.state.of_kind(KIND)
        if decision.taking is Taking.CREDITED:
            self.noted = Noted(cells.offline, content)
            chip.spend(KIND, cells.balance, at=at)
            self.noted = None
        self.state = decision.after
        self._write_back(chip, whose, at)
        taken = self.state.cumulative - before
        taking = decision.taking if cells.balance else Taking.ALREADY_TAKEN
        taking = Taking.CREDITED if taken else taking
        return self._verdict(replace(decision, taking=taking, credited=taken), written=True)

    def _answered(self, chip: VirtualPurseCard, decision: Decision) -> Decision:
        """What else the published meter asks about a load whose count is due."""
        full = decision.error is MeterError.OVER_HOARD
        due = full or decision.taking is Taking.CREDITED
        if due and not is_cleared(chip.content(RETURNED)):
            error = MeterError.TAKEN_BEFORE
            kept = replace(self.state, error=error, locked=False)
            return Decision(kept, Taking.REFUSED, 0, error)
        return replace(decision, writes=False) if full else decision

    def _credit_what_was_noted(self, chip: VirtualPurseCard, content: CardContent) -> None:
        noted = self.noted
        if noted is None or noted.content.identity != content.identity:
            return
        if chip.state.of_kind(KIND).offline > noted.spent:
            self.state = decide(self.state, noted.content).after
        self.noted = None

    def _write_back(self, chip: VirtualPurseCard, whose: Parameters, at: datetime) -> None:
        state = self.state
        chip.write_back(
            Returned(
                whose.meter_no,
                whose.customer_no,
                max(0, state.residual),
                state.purchase_counter,
                at=at.strftime("%y%m%d%H%M"),
            )
        )

    def _content(self, chip: VirtualPurseCard, whose: Parameters) -> CardContent:
        """The card in the words of a meter's rules: what waits is the whole balance."""
        cells, unit = chip.state.of_kind(KIND), self.state.quantity
        if _kind_of(chip) is not self.state.kind:
            raise Refusal("foreign_card")
        return CardContent(
            identity=CardIdentity(
                maker="",
                card_type=_TYPES[whose.purpose],
                card_no=chip.serial.hex(),
                account_no=whose.customer_no,
                meter_no=whose.meter_no,
                generation=whose.generation,
            ),
            credit=Credit(
                quantity=unit(cells.balance),
                purchase_counter=cells.online,
                cumulative=unit(0),
                loaded_at=datetime(1970, 1, 1, tzinfo=UTC),
                station_no=0,
                mark=mark_in(chip),
                sequence=0,
            ),
            limits=Limits(unit(0), unit(HOARD.fen), unit(0)),
            price=None,
            returned=None,
        )


def purse_in(card: VirtualCard) -> VirtualPurseCard:
    """The purse on a card's plastic; anything else is a defect."""
    chip = card.chip
    return chip if isinstance(chip, VirtualPurseCard) else fail("only purses are taken so")


def files_of(
    chip: VirtualPurseCard, *, answered: bool = True
) -> tuple[Parameters, Returned | None]:
    """What stands in the trade's two files of either kind of purse.

    Args:
        chip: The card.
        answered: Read the return file, too; one torn at a meter is no answer.

    Raises:
        Refusal: `card_damaged`.
    """
    volume = isinstance(chip, VirtualVolumePurse)
    whose = (parameters_of if volume else Parameters.of)(chip.content(PARAMETERS))
    if not answered:
        return whose, None
    return whose, (returned_of if volume else Returned.of)(chip.content(RETURNED))


def mark_in(chip: VirtualPurseCard) -> bytes:
    """The mark of the last load by the card's own log; none before the first."""
    last = _last_load(chip)
    return NO_MARK if last is None else last.terminal[:MARK_BYTES]


def last_load_in(chip: VirtualPurseCard) -> tuple[Quantity, int] | None:
    """The last load by the card's own log, and the count it brought; None before the first."""
    last, volume = _last_load(chip), isinstance(chip, VirtualVolumePurse)
    if last is None:
        return None
    return (Volume if volume else Money)(last.fen), chip.state.of_kind(KIND).online


def _last_load(chip: VirtualPurseCard) -> LogRecord | None:
    log = chip.state.log
    records = (LogRecord.of(log[at : at + LOG_BYTES]) for at in range(0, len(log), LOG_BYTES))
    return next((one for one in records if one.kind == KIND.value), None)


def _kind_of(chip: VirtualPurseCard) -> MeterKind:
    return MeterKind.VOLUME if isinstance(chip, VirtualVolumePurse) else MeterKind.MONEY
