"""The window over real lists: a store in a folder, real services, lanes without threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from cardstation.bootstrap.desk_lists import list_services
from cardstation.domain.household import Household, HouseholdStatus
from cardstation.domain.money import Money
from cardstation.domain.volume import Volume
from cardstation.services.batch_list import batch_list
from cardstation.services.batch_state import batch_state
from cardstation.services.import_list import import_list
from cardstation.services.station import Station
from tests.kit import window_samples as samples
from tests.kit.station import Desk, neighbours, open_desk
from tests.kit.window_fakes import FakeCard, FakeStation
from tests.kit.window_stage import Stage, ticks
from ui.courier import InlineCourier
from ui.desk import DeskWindow
from ui.desk_services import DeskServices, DeskSettings
from ui.session import Lanes, Session

NAMES = (
    "欧阳喆", "王建国", "李淑兰", "张伟", "赵敏", "陈晓东", "刘洋", "周静", "吴桂芳", "孟远思",
    "区子", "孔堃丽", "买买提·阿布都热合曼", "侯思", "武振", "谭春嘉",
)  # fmt: skip


def people() -> list[Household]:
    """Sixteen households of one community, with what can stand beside a row."""
    homes = [
        replace(
            home,
            name=name,
            address=replace(
                home.address,
                community="阳光花园",
                building=str(at % 4 + 1),
                unit=str(at % 3 + 1),
                room=str(101 + 100 * (at % 8) + at),
            ),
        )
        for at, (home, name) in enumerate(zip(neighbours(16), NAMES, strict=True))
    ]
    old = replace(homes[1].meter, installed=samples.NOW.date().replace(year=2014))
    homes[1] = replace(
        homes[1], arrears=Money(4_250), meter=old, relief_per_month=Volume.of_m3("5")
    )
    homes[2] = replace(homes[2], status=HouseholdStatus.STOPPED)
    homes[3] = replace(homes[3], bought_this_year=Volume.of_m3("372"))
    return homes


HOMES = people()


def list_text(*spoilt: str, yuan: int = 100) -> str:
    """A list of the first twelve households as CSV; these columns (`name`, `amount`) are spoilt."""
    rows = ["户号,卡号,户主,门牌,金额"]
    for at, home in enumerate(HOMES[:12]):
        name = "张三" if at == 4 and "name" in spoilt else home.name
        amount = "一百五" if at == 6 and "amount" in spoilt else str(yuan + at % 3 * 50)
        account = "" if at == 7 and "account" in spoilt else home.account_no
        card = "" if at == 7 and "account" in spoilt else home.card_no
        rows.append(f"{account},{card},{name},{home.address.door},{amount}")
    return "\n".join(rows) + "\n"


CHAT = """#接龙
阳光花园收卡，报房号、姓名、金额
例：1-1-101 张三 100

1. {a.address.door} {a.name} 200元
2、{b.address.door} {b.name} 150
3. 户号{c.account_no} {c.name} 100 电话13900001111
4. 我家也要充，钱下午送来
5. {d.address.door} {d.name} 一百五
""".format(a=HOMES[0], b=HOMES[4], c=HOMES[5], d=HOMES[6])


def real_services(fake: FakeStation, station: Station) -> DeskServices:
    """A made-up station whose lists are real ones."""

    return replace(
        fake.services(),
        batches=partial(batch_list, station, 30),
        batch_state=partial(batch_state, station),
        import_list=partial(import_list, station),
        lists=list_services(station),
    )


def lists_stage(
    home: Path, language: str, theme: str, shoot: Callable[[QWidget, str], None]
) -> tuple[Stage, Desk]:
    """A window over real lists; close the desk's store afterwards."""
    desk = open_desk(home, households=HOMES)
    fake = FakeStation(settings=DeskSettings(language=language, theme=theme))
    services = real_services(fake, desk.station)
    window = DeskWindow(Session(services, InlineCourier(), Lanes.inline(), tick=ticks()))
    window.show()
    return Stage(fake, window, shoot), desk


def lay(stage: Stage, home: Household) -> None:
    """Lay this household's card into the reader."""
    facts = samples.facts()
    identity = replace(facts.content.identity, account_no=home.account_no, card_no=home.card_no)
    content = replace(facts.content, identity=identity)
    stage.station.card = FakeCard(replace(facts, content=content, household=home))
    stage.insert()
