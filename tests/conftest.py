"""What several test files need: the repository's own folders, a printed slip, a workspace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import settings

from databases import postgres, store
from intake.forms import print_forms
from intake.records import Grey
from intake.synth.paper import Paper
from intake.template import Template, TemplateSet, load_templates

__all__ = ["postgres", "store"]

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
PRINTED_DPI = 300

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def templates() -> TemplateSet:
    return load_templates(ROOT / "templates")


@pytest.fixture(scope="session")
def water_slip(templates: TemplateSet) -> Template:
    return templates.get("water-slip")


@pytest.fixture(scope="session")
def specimen(water_slip: Template, tmp_path_factory: pytest.TempPathFactory) -> Paper:
    """An empty water slip as it comes from the printer."""
    path = tmp_path_factory.mktemp("forms") / "specimen.pdf"
    print_forms(water_slip, [], path)
    return Paper(rendered(path), PRINTED_DPI / 25.4)


def rendered(pdf: Path) -> Grey:
    """The first page of a PDF, H×W grey at 300 dpi."""
    with pypdfium2.PdfDocument(pdf) as document:
        bitmap = document[0].render(scale=PRINTED_DPI / 72, grayscale=True)
        picture = np.asarray(bitmap.to_numpy(), dtype=np.uint8)
        return picture.reshape(picture.shape[:2]).copy()


@pytest.fixture
def shared_data() -> Path:
    """Real handwriting and scans, where this machine has them."""
    if not SHARED.is_dir():
        pytest.skip("the real handwriting of ../shared/data is not on this machine")
    return SHARED
