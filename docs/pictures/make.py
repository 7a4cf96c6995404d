"""Makes the pictures of the documents from the program itself: `make docs-pictures`.

Usage: python docs/pictures/make.py [WORKSPACE] (three minutes; needs the font DejaVu Sans Mono).
WORKSPACE is one into which the samples were read; without it they are read into a new one.
The pictures in docs/alignment.md and docs/performance.md are made by their benchmarks.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from app import app_pictures  # noqa: E402 - the root has to be known first
from commands import COLUMNS, run  # noqa: E402
from papers import paper_pictures  # noqa: E402
from PIL import Image  # noqa: E402
from screens import said  # noqa: E402

from intake.cli.workspaces import Workspace  # noqa: E402


def main() -> None:
    """Takes the workspace that is named, or reads the samples into a new one."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        workspace = Path(sys.argv[1]) if len(sys.argv) > 1 else read_samples(folder / "workspace")
        for name, picture in paper_pictures(workspace, folder):
            keep(name, picture)
        keep("status", said(run(workspace, "status"), COLUMNS))
        for name, picture in app_pictures(Workspace(workspace)):
            keep(name, picture)


def read_samples(workspace: Path) -> Path:
    """Reads the samples into a new workspace."""
    samples = ROOT / "samples"
    run(workspace, "init", "--settings", samples / "intake.toml")
    run(workspace, "registry", "import", *sorted((samples / "registry").glob("*.csv")))
    run(workspace, "run", samples / "scans")
    return workspace


def keep(name: str, picture: Image.Image) -> None:
    """Writes a picture beside this file, with as many colours as it needs."""
    picture.convert("RGB").quantize(64).save(HERE / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
