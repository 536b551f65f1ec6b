"""Changes of meter, as jobs: recorded with what was left in the old one, and taken back."""

from __future__ import annotations

from cardstation.domain.card import CardIdentity, CardType
from cardstation.domain.meter import MeterKind
from cardstation.domain.meter_change import FinalReading, NewMeter
from cardstation.domain.transitions import Direction
from cardstation.domain.volume import Volume
from cardstation.ports.reader import Presence
from cardstation.services.cancel_meter_change import cancel_meter_change
from cardstation.services.change_card import change_card
from cardstation.services.change_meter import change_meter, reckon_change
from cardstation.services.intent.gas_dues import dues_of
from drivers.virtual import VirtualCard
from drivers.virtual.meter import VirtualMeter
from drivers.virtual.meter_rules import MeterState
from tests.kit.power import Power
from tests.kit.station import Desk, layout_of, nobody
from tests.kit.sweep_given import load
from tests.kit.sweep_jobs import closed
from tests.kit.sweep_waits import CODE_CUT
from tests.kit.sweep_world import SECOND, Job, World

NEW = NewMeter("QM2600000001", MeterKind.VOLUME)
READ = FinalReading(Volume(9_400), 50, "HB-117")
NOBODY = CardIdentity("", CardType.USER, "", "", "", 0)
WHY = "the fitter read both meters, and both hung there"


def _changed(world: World, desk: Desk) -> None:
    """The first household has another meter; its card is written for it, and takes what is due."""
    account_no, card = world.households[0].account_no, world.cards[0]
    _recorded(world, desk)
    with desk.station.store.reading() as reading:
        begun = reading.topups.work_on(account_no) is not None
        due = any(one.is_open for one in dues_of(reading, account_no))
        open_here = [o for o in reading.topups.open_intents() if o.account_no == account_no]
        due = due or any(one.direction is Direction.SALE for one in open_here)
    if begun or _shown(world).meter_no != NEW.meter_no:
        change_card(desk.station, desk.reader, _on_reader(desk, card), account_no, nobody)
    if due:
        load(desk, card)


def _recorded(world: World, desk: Desk) -> None:
    account_no = world.households[0].account_no
    if desk.household(account_no).meter.meter_no == NEW.meter_no:
        return
    agreed = reckon_change(desk.station, account_no, NEW, READ)
    change_meter(desk.station, account_no, NEW, READ, agreed, SECOND, WHY)


def _shown(world: World) -> CardIdentity:
    """Whose card it is; one that a cut left half-written is nobody's."""
    layout, image = layout_of(world.maker), world.cards[0].image
    return layout.decode(image).identity if layout.recognises(image) else NOBODY


def _on_reader(desk: Desk, card: VirtualCard) -> Presence:
    desk.reader.pull()
    desk.reader.insert(card)
    presence = desk.reader.wait_card(0)
    assert presence is not None
    return presence


def _hung(world: World) -> None:
    """The fitter has been there: another meter hangs on the wall."""
    new = MeterState(NEW.meter_no, school=world.maker.school)
    world.meters[0] = VirtualMeter(new, layout_of(world.maker))


def _was_changed(world: World) -> None:
    """Its card is written for the new meter, and the fitter finds that the old one stays."""
    desk = world.start(Power())
    _recorded(world, desk)
    account_no = world.households[0].account_no
    presence = _on_reader(desk, world.cards[0])
    change_card(desk.station, desk.reader, presence, account_no, nobody)
    closed(desk)


def _taken_back(world: World, desk: Desk) -> None:
    account_no = world.households[0].account_no
    if desk.household(account_no).meter.meter_no == NEW.meter_no:
        cancel_meter_change(desk.station, account_no, SECOND, WHY)
    with desk.station.store.reading() as reading:
        begun = reading.topups.work_on(account_no) is not None
    if begun or _shown(world).meter_no != world.households[0].meter.meter_no:
        presence = _on_reader(desk, world.cards[0])
        change_card(desk.station, desk.reader, presence, account_no, nobody)


CHANGE = Job(
    "change of meter", _changed, (9_000, 0), 0, _hung, resolves=False, waits=CODE_CUT, whole=True
)
TAKE_BACK = Job(
    "change of meter taken back",
    *(_taken_back, (0, 0), 0, _was_changed),
    resolves=False,
    waits=CODE_CUT,
    whole=True,
)
METERS = (CHANGE, TAKE_BACK)
