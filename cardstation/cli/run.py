"""Runs a command; turns every failure into a sentence and an exit status (one catching place)."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from cardstation import __version__
from cardstation.cli.doors import Doors
from cardstation.cli.output import Output, plain
from cardstation.errors import CardStationError, Defect
from cardstation.i18n import Translator, translator
from cardstation.logs import log_to_folder
from cardstation.sentences import sentence
from cardstation.settings import Settings, load_settings

HELP = frozenset({"-h", "--help"})
LOG = logging.getLogger(__name__)

ANSWERED = frozenset({"books_disagree", "layout_not_proven"})
"""Failures that are an answer: the command has printed its one object already."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a command is given: the doors, the settings and where to answer."""

    doors: Doors
    settings: Settings
    output: Output
    words: Translator


pass_call = click.make_pass_decorator(Call)


def with_json(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--json`; it may stand before or after the command's name."""

    def show(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
        if wanted:
            call = context.find_object(Call)
            if call is not None:
                context.obj = Call(call.doors, call.settings, Output(True), call.words)

    return click.option(
        "--json", "as_json", is_flag=True, expose_value=False, callback=show, help="Answer as JSON."
    )(command)


def main(
    doors: Doors, commands: Sequence[click.Command], arguments: Sequence[str] | None = None
) -> int:
    """Run the command line and return its exit status.

    0 done · 2 wrong use · 3 refused · 4 the world failed · 5 outcome unknown · 6 the station is
    busy · 70 a defect of ours.
    """
    heard: list[Translator] = []
    given = list(sys.argv[1:] if arguments is None else arguments)
    group = _group(doors, commands, heard.append, not HELP.isdisjoint(given))
    as_json = "--json" in given
    try:
        ended = group.main(given, standalone_mode=False)
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except CardStationError as error:
        return _failed(error, as_json, heard)
    except Exception as error:  # the catching place of the command line
        LOG.exception("defect")
        return _failed(Defect("defect", sentence=repr(error)), as_json, heard)
    return ended if isinstance(ended, int) else 0


def _failed(error: CardStationError, as_json: bool, heard: Sequence[Translator]) -> int:
    words = heard[0] if heard else translator(load_settings_quietly().language)
    said = sentence(error.code, error.values, words)
    if as_json and error.code not in ANSWERED:
        answer = {"error": error.code, "values": error.values, "what": said.what}
        answer |= {"money": said.money, "todo": said.todo}
        print(json.dumps(plain(answer), ensure_ascii=False, indent=2))
    for line in (said.what, said.money, said.todo):
        if line:
            print(line, file=sys.stderr)
    return error.exit_status


def load_settings_quietly() -> Settings:
    """Settings for the language of an error, even when the settings are the error."""
    try:
        return load_settings()
    except CardStationError:
        return Settings(home=Path())


def _group(
    doors: Doors,
    commands: Sequence[click.Command],
    hear: Callable[[Translator], None],
    wants_help: bool,
) -> click.Group:
    @click.group(context_settings={"help_option_names": sorted(HELP)})
    @click.version_option(__version__, prog_name="cardstation")
    @click.option("--home", type=click.Path(path_type=Path), help="Data folder (CARDSTATION_HOME).")
    @click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
    @click.option("--lang", type=click.Choice(["zh_CN", "en"]), help="Language of the answers.")
    @click.pass_context
    def cardstation(
        context: click.Context, home: Path | None, as_json: bool, lang: str | None
    ) -> None:
        """Prepaid gas cards: read, top up, run a collected bag, prove the books."""
        if wants_help:  # must work without settings, and leaves no folder behind
            return
        if lang:
            hear(translator(lang))
        settings = load_settings(home)
        words = translator(lang or settings.language)
        hear(words)
        log_to_folder(settings.home, trace=settings.trace)
        context.obj = Call(doors, settings, Output(as_json), words)

    for command in commands:
        cardstation.add_command(command)
    return cardstation
