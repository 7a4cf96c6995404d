"""Rebuilds the samples from a seed: a registry, filled forms as scanners deliver them, the truth.

    python samples/build.py --seed 2026

The same seed makes the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from intake.template import load_templates  # noqa: E402
from samples.plan import SIZE, Pile, plans  # noqa: E402
from samples.scans import make_file  # noqa: E402
from samples.town import Town, build_town, write_registry  # noqa: E402
from samples.wordings import LISTS, POWER, WATER, fill_all, specimen, with_folds  # noqa: E402

SETTINGS = """\
# Settings of the samples and the demo: a company that tolerates 1 % of wrong values among those
# nobody looked at, and accepts on the laboratory's evidence until it has its own.
organisation = "demo"
max_error = 0.01
thin_data = "provisional"
"""


def build(folder: Path, seed: int) -> int:
    """Writes registry, scans, truth and settings below `folder`.

    Returns:
        How many fields the truth names.
    """
    town = build_town(SIZE, np.random.default_rng([seed, 0]))
    write_registry(town, folder / "registry")
    pile = fill_pile(town, seed)
    scans = folder / "scans"
    shutil.rmtree(scans, ignore_errors=True)
    scans.mkdir(parents=True)
    rows: list[dict[str, object]] = []
    for number, plan in enumerate(plans(pile, np.random.default_rng([seed, 3]))):
        rows += make_file(plan, scans, np.random.default_rng([seed, 4, number]))
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "truth.jsonl").write_text(lines, encoding="utf-8")
    (folder / "intake.toml").write_text(SETTINGS, encoding="utf-8")
    return len(rows)


def fill_pile(town: Town, seed: int) -> Pile:
    """Everybody fills in their forms."""
    templates = load_templates(ROOT / "templates")
    slip, power = templates.get("water-slip"), templates.get("electricity-slip")
    water = fill_all(slip, town.water, town, WATER, [seed, 1])
    return Pile(
        with_folds(water, np.random.default_rng([seed, 2])),
        fill_all(power, town.power, town, POWER, [seed, 5]),
        fill_all(templates.get("water-list"), town.buildings, town, LISTS, [seed, 6]),
        specimen(slip, np.random.default_rng([seed, 7])),
    )


def main() -> None:
    """Parses the command line and builds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    fields = build(options.out, options.seed)
    print(f"{fields} fields written and their truth noted in {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
