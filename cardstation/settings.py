"""Settings of one station: defaults, then the TOML file in the data folder, then the environment.

Nothing secret lives here: codes and keys are the key service's business.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from platformdirs import user_data_path, user_state_path

from cardstation.errors import Refusal
from cardstation.files import write_whole

FILE_NAME = "settings.toml"
ENV_PREFIX = "CARDSTATION_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set.

    Attributes:
        home: Data folder: store, journal, ledger of the demo, papers.
        state: Folder of the rollback anchor, which no backup of `home` may bring along; empty =
            the platform's own place for state.
        station: Name of the station in the ledger.
        station_no: Its number on cards, 1–65535.
        ledger_url: Central ledger, empty = work offline.
        dialect: Reader dialect for every reader, empty = chosen by reader name.
        dialects: Reader name → dialect, for single readers; a table of the file.
        watchdog_s: Seconds after which a driver that does not answer counts as hung.
        zone: Time zone of the desk.
        language: `zh_CN` or `en`. theme: `light` or `dark`. scale: per cent, 100–200.
        sound: States are also heard. pace_ms: between two cards of the training rack.
        printer: Queue name for CUPS, empty = papers go to the folder `papers` only.
        training: True: training cards, papers say 培训.
        order_warn_days: Days after which a paid order that nobody loads is a matter for a human.
        purge_days: Days after which the personal data of a closed batch are removed.
        offline_limit_yuan, offline_limit_hours: Most that is sold before the ledger has heard of
            it, in whole yuan and hours; 0 = no limit.
        free_gas_m3: Most gas that two people may grant without money before the ledger has heard of
            it, in whole m³. emergency_m3: What a household gets at once where it has run out.
        purse_keys: Who holds the keys of CPU cards with a purse: `training`, `software` (masters in
            the keyring), `psam` (a module in a reader of its own), `token` (PKCS#11); empty = this
            desk takes no such cards.
        purse_maker: Maker code of those cards. purse_levels: Factors of the levels above the card's
            own, uppermost first, 16 hex digits each, commas between.
        purse_reader: The module's reader, by a part of its name; it is no lane.
        purse_library, purse_token: Path of the token's PKCS#11 library, and its label.
        trace: The log shows every exchange with a card, codes left out.
    """

    home: Path
    station: str = "S001"
    station_no: int = 1
    clerk: str = "demo"
    company: str = "城市燃气有限公司"
    ledger_url: str = ""
    dialect: str = ""
    dialects: Mapping[str, str] = field(default_factory=dict)
    watchdog_s: int = 8
    zone: str = "Asia/Shanghai"
    language: str = "zh_CN"
    theme: str = "light"
    scale: int = 100
    sound: bool = True
    pace_ms: int = 0
    printer: str = ""
    training: bool = True
    purge_days: int = 30
    offline_limit_yuan: int = 0
    offline_limit_hours: int = 0
    free_gas_m3: int = 200
    emergency_m3: int = 10
    order_warn_days: int = 30
    purse_keys: str = ""
    purse_maker: str = ""
    purse_levels: str = ""
    purse_reader: str = ""
    purse_library: str = ""
    purse_token: str = ""
    trace: bool = False
    state: str = ""


def anchors_of(settings: Settings) -> Path:
    """The folder of the rollback anchors of this machine's stations."""
    return Path(settings.state or user_state_path("cardstation")) / "anchors"


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": ("zh_CN", "en"),
    "theme": ("light", "dark"),
    "dialect": ("", "acs", "omnikey", "part3", "acr1252"),
    "purse_keys": ("", "training", "software", "psam", "token"),
}
_RANGES: Mapping[str, range] = {
    "station_no": range(1, 65536),
    "scale": range(100, 201),
    "pace_ms": range(60_001),
    "watchdog_s": range(1, 121),
    "purge_days": range(1, 3651),
    "offline_limit_yuan": range(10_000_001),
    "offline_limit_hours": range(24 * 31 + 1),
    "order_warn_days": range(1, 366),
    "free_gas_m3": range(100_001),
    "emergency_m3": range(1, 101),
}


def load_settings(home: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings of a data folder.

    Args:
        home: The data folder; by default `CARDSTATION_HOME`, else the platform's own place.
        environ: `CARDSTATION_<NAME>` wins over the file.

    Raises:
        Refusal: code `bad_setting`, naming file, key and what was expected.
    """
    folder = home or Path(environ.get("CARDSTATION_HOME", "") or user_data_path("cardstation"))
    settings = Settings(home=folder)
    path = folder / FILE_NAME
    if path.exists():
        settings = _merged(settings, _read(path), str(path))
    known = {one.name for one in fields(Settings)} - {"home", "dialects"}
    named = {
        name: environ[ENV_PREFIX + name.upper()]
        for name in known
        if ENV_PREFIX + name.upper() in environ
    }
    return _merged(settings, named, "environment")


def save_setting(home: Path, **changes: str | int | bool | Mapping[str, str]) -> None:
    """Write some settings to the file, keeping the others.

    Raises:
        Refusal: code `bad_setting`.
    """
    path = home / FILE_NAME
    found = _read(path) if path.exists() else {}
    merged = {**found, **changes}
    _merged(Settings(home=home), merged, str(path))
    write_whole(path, "".join(f"{name} = {_toml(value)}\n" for name, value in merged.items()))


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal("bad_setting", file=str(path), key="", expected="TOML") from error


def _merged(settings: Settings, named: Mapping[str, object], source: str) -> Settings:
    known = {one.name: str(one.type) for one in fields(Settings) if one.name != "home"}
    checked: dict[str, object] = {}
    for name, value in named.items():
        if name not in known:
            raise Refusal("bad_setting", file=source, key=name, expected="a known name")
        checked[name] = _checked(name, known[name], value, source)
    return replace(settings, **checked)  # type: ignore[arg-type]  # checked by name above


def _checked(name: str, kind: str, value: object, source: str) -> object:
    if isinstance(value, str) and kind == "int" and value.isdecimal():
        value = int(value)
    if isinstance(value, str) and kind == "bool" and value in ("true", "false", "1", "0"):
        value = value in ("true", "1")
    if kind.startswith("Mapping"):
        return _checked_dialects(value, source)
    right = type(value).__name__ == kind
    if right and name in _CHOICES and value not in _CHOICES[name]:
        raise Refusal("bad_setting", file=source, key=name, expected=" | ".join(_CHOICES[name]))
    if right and name in _RANGES and value not in _RANGES[name]:
        span = _RANGES[name]
        raise Refusal("bad_setting", file=source, key=name, expected=f"{span[0]}–{span[-1]}")
    if not right:
        raise Refusal("bad_setting", file=source, key=name, expected=kind)
    return value


def _checked_dialects(value: object, source: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not set(value.values()) <= set(_CHOICES["dialect"]):
        expected = "{reader = dialect}"
        raise Refusal("bad_setting", file=source, key="dialects", expected=expected)
    return {str(reader): str(dialect) for reader, dialect in value.items()}
