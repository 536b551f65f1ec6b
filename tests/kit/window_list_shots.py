"""Draws the pages for lists in every state, over real lists in a folder."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from cardstation.domain.exception_case import Kind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.intent.cases import case
from cardstation.services.pay_batch import pay_batch
from tests.kit.lists import with_people
from tests.kit.station import Desk
from tests.kit.window_cases import moment_of
from tests.kit.window_lists import CHAT, HOMES, lay, list_text, lists_stage
from tests.kit.window_orders import ORDER
from tests.kit.window_shift_shots import exceptions_of
from tests.kit.window_stage import Camera, Stage, application
from ui.screens.batch import BatchView
from ui.screens.batch.count_dialog import CountDialog
from ui.screens.batch.lists_model import ListsModel
from ui.screens.batch.lists_pages import ListsPages
from ui.screens.batch.whose_dialog import WhoseDialog


class _Scenes:
    def __init__(self, stage: Stage, desk: Desk, folder: Path) -> None:
        self.stage, self.desk, self.folder = stage, desk, folder
        self.lists: ListsModel = stage.batch.lists
        stage.window.go("batch")

    @property
    def pages(self) -> ListsPages:
        view = self.stage.window.view("batch")
        assert isinstance(view, BatchView)
        return view.over

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def shoot(self, name: str) -> None:
        self.stage.shoot(name)

    def dialogs(self, name: str, dialog: QWidget) -> None:
        dialog.show()
        self.stage.shoot_widget(dialog, name)
        dialog.close()
        dialog.deleteLater()

    def chat(self) -> None:
        self.lists.paste()
        self.shoot("lists-1-paste-empty")
        self.pages.paste.text.setPlainText(CHAT)
        self.shoot("lists-2-paste")
        self.lists.take_text(CHAT)
        self.shoot("lists-3-typed")
        window = self.stage.window
        dialog = CountDialog(window, window.look, self.lists.approver)
        dialog.rows.setPlainText("1-1-101 200\n1-2-505 150\n2-3-606 100")
        self.dialogs("lists-4-second-count", dialog)
        self.stage.batch.model.leave()

    def headings(self) -> None:
        text = list_text().replace("户号,卡号,户主,门牌,金额", "车位,片片,谁家,门牌号,多少呀")
        self.stage.batch.model.take_in(self.file("业主群.csv", text))
        self.shoot("lists-5-headings")
        for word, holds in (("车位", "account"), ("片片", "card"), ("多少呀", "amount")):
            self.lists.explain(word, holds)
        self.shoot("lists-6-headings-explained")
        self.lists.close()

    def rows(self) -> None:
        with self.desk.station.store.unit() as unit:
            unit.orders.put([replace(ORDER, account_no=HOMES[5].account_no)])
            unit.commit()
        self.stage.batch.model.take_in(
            self.file("阳光花园收卡登记.csv", list_text("name", "amount", "account"))
        )
        self.shoot("lists-7-needing-first")
        row = self.lists.row
        row.look_at(5)
        row.step_back()
        self.shoot("lists-8-row-who")
        row.pick(1)
        self.shoot("lists-9-row-amount")
        row.ask_reason()
        self.shoot("lists-10-row-reason")
        row.look_at(2)
        row.decide()
        self.shoot("lists-11-row-arrears")
        row.look_at(6)
        self.shoot("lists-18-row-order-waits")
        row.look_at(4)
        self.shoot("lists-12-row-sound")
        row.step_back()
        self.here()

    def here(self) -> None:
        """A row that is decided where it stands among the exceptions."""
        standing = self.lists.state.standing
        assert standing is not None
        moment = moment_of(self.stage.station)
        known = {"batch_id": standing.batch.batch_id, "place": 5, "key": "5"}
        self.stage.window.go("exceptions")
        here = exceptions_of(self.stage).model.here
        here.open(case(Kind.LINE, "name_differs", moment, **known))
        self.shoot("guide-row-in-place")
        here.close()
        self.stage.window.go("batch")

    def newer(self) -> None:
        standing = self.lists.state.standing
        assert standing is not None
        batch_id = standing.batch.batch_id
        pay_batch(self.desk.station, batch_id, tender=Tender.CASH, money=Money(30_000))
        rows = list_text(yuan=100).splitlines()
        rows[4] = rows[4].replace(",100", ",250").replace(",150", ",250").replace(",200", ",250")
        rows[1] = f"{rows[1][:-3]}300"
        home = HOMES[14]
        rows[9] = f"{home.account_no},{home.card_no},{home.name},{home.address.door},120"
        newer = self.file("阳光花园收卡登记(新).csv", "\n".join(rows) + "\n")
        self.lists.newer(newer)
        self.shoot("lists-13-newer-list")
        self.lists.close()
        window = self.stage.window
        self.dialogs("lists-14-whose-bag", WhoseDialog(window, window.look, standing.batch))
        self.stage.batch.model.leave()

    def door(self) -> None:
        self.lists.open_door(self.stage.window.look.t("Door list"))
        self.shoot("lists-15-door-empty")
        for home in (HOMES[0], HOMES[4], HOMES[5]):
            lay(self.stage, home)
            self.lists.door.add("", "150" if home is not HOMES[4] else "")
            self.stage.remove()
        lay(self.stage, HOMES[1])
        self.shoot("lists-16-door-card")
        self.lists.door.add("", "")
        self.stage.remove()
        lay(self.stage, HOMES[0])
        self.stage.remove()
        self.shoot("lists-17-door-again")
        self.lists.close()


def list_scenes(
    folder: Path, language: str, theme: str, shoot: Callable[[QWidget, str], None]
) -> None:
    """Show every state of the pages for lists, in a window of its own over `folder`."""
    stage, desk = lists_stage(folder / "home", language, theme, shoot)
    with closing(desk.station.store):
        with_people(desk)
        scenes = _Scenes(stage, desk, folder)
        for scene in (scenes.chat, scenes.headings, scenes.rows, scenes.newer, scenes.door):
            scene()
        stage.window.close()
        stage.window.deleteLater()


def render_lists(
    out: Path, languages: Iterable[str] = ("zh_CN", "en"), themes: Iterable[str] = ("light", "dark")
) -> Iterator[Path]:
    """Draw everything; yields each picture's file."""
    application()
    for language in languages:
        for theme in themes:
            shoot = Camera(out, f"{theme}-{language}")
            with tempfile.TemporaryDirectory() as folder:
                list_scenes(Path(folder), language, theme, shoot)
            yield from shoot.made
