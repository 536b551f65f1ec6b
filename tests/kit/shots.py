"""`./dev shots`: every screen in every state, both languages and themes, as pictures in `out/`."""

from __future__ import annotations

import argparse
from pathlib import Path

import click

from tests.kit.window_shots import render_all


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev shots")
    parser.add_argument("--out", type=Path, default=Path("out/screens"))
    parser.add_argument("--language", nargs="*", default=["zh_CN", "en"])
    parser.add_argument("--theme", nargs="*", default=["light", "dark"])
    chosen = parser.parse_args()
    made = list(render_all(chosen.out, chosen.language, chosen.theme))
    click.echo(f"{len(made)} pictures in {chosen.out}")


if __name__ == "__main__":
    main()
