"""Runs every benchmark, one after the other, and refreshes the tables in the documents.

Figures land as NAME.json in a folder; a program that fails is named and stops none of the others.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = {
    "alignment": "alignment",
    "digits": "accuracy",
    "export": None,
    "reliability": "promises",
    "review": None,
    "risk": "risk",
    "speed": "performance",
}
"""The programs, and in which page of the documents the table of each stands."""


def main() -> int:
    """Runs them; 1 where one failed or, with `--check`, missed a target."""
    options, passed_on = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    failed = [name for name in options.only or PROGRAMS if not _run(name, options, passed_on)]
    print(f"Figures are in {options.out}." + (f" Failed: {', '.join(failed)}." if failed else ""))
    return 1 if failed else 0


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog="Other options, such as --quick and --check, are passed on."
    )
    parser.add_argument("only", nargs="*", help="run these alone")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "figures", help="folder")
    return parser.parse_known_args()


def _run(name: str, options: argparse.Namespace, passed_on: list[str]) -> bool:
    print(f"\n== {name}", flush=True)
    program = ROOT / "benchmarks" / f"{name}.py"
    line = [sys.executable, str(program), *passed_on]
    line += ["--json", str(options.out / f"{name}.json")]
    if page := PROGRAMS.get(name):
        line += ["--docs", str(ROOT / "docs" / f"{page}.md")]
    return subprocess.run(line, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
