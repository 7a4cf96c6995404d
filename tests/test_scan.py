"""Scans as a company's scanners write them: counted, and decoded to the pixel."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from hostile import documents as pdf
from hostile import pictures as pic
from intake.errors import MissingProgram
from intake.records import Page, Reason, Refusal
from intake.scan import Refused, open_scan
from intake.scan.decoder import Decoder, close_idle
from intake.scan.refusals import ADVICE
from intake.settings import Limits

LIMITS = Limits(seconds=20)
SLIP = np.asarray(pic.slip())
FAX = np.asarray(pic.black_on_white().convert("L"))


def pages(path: Path, limits: Limits = LIMITS) -> list[Page]:
    with open_scan(path, limits) as scan:
        return [scan.page(number) for number in range(1, scan.page_count + 1)]


def only_page(tmp_path: Path, data: bytes) -> Page:
    path = tmp_path / "scan"
    path.write_bytes(data)
    (page,) = pages(path)
    return page


def decoded(data: bytes) -> np.ndarray:
    """The first JPEG inside `data`, as OpenCV sees it."""
    whole = data[data.index(b"\xff\xd8\xff") :]
    return cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_page_is_its_pixels_as_stored_whatever_the_orientation_tag(
    tmp_path: Path, orientation: int
) -> None:
    lzw = only_page(tmp_path, pic.turned_tiff(orientation, "tiff_lzw"))
    fax = only_page(tmp_path, pic.turned_tiff(orientation, "group4"))
    photo = only_page(tmp_path, pic.turned_jpeg(orientation))

    assert np.array_equal(lzw.image, SLIP)
    assert np.array_equal(fax.image, FAX)
    assert np.array_equal(photo.image, decoded(pic.jpeg()))


@pytest.mark.parametrize(
    "data",
    [
        pic.tiff(),
        pic.tiff(compression="tiff_adobe_deflate"),
        pic.tiff(compression="raw"),
        pic.tiff(compression="packbits"),
        pic.tiff(big_tiff=True),
        pic.png(),
        pdf.grey_flate(),
    ],
    ids=["lzw", "deflate", "raw", "packbits", "big", "png", "pdf"],
)
def test_what_was_stored_without_loss_comes_back_without_loss(tmp_path: Path, data: bytes) -> None:
    assert np.array_equal(only_page(tmp_path, data).image, SLIP)


@pytest.mark.parametrize("data", [pdf.scanned(), pdf.with_hidden_text()], ids=["plain", "ocr"])
def test_a_scanned_pdf_gives_its_own_picture_to_the_pixel(tmp_path: Path, data: bytes) -> None:
    assert np.array_equal(only_page(tmp_path, data).image, decoded(data))


def test_a_tiff_of_jpegs_gives_them_to_the_pixel(tmp_path: Path) -> None:
    page = only_page(tmp_path, pic.tiff(compression="jpeg", strip_size=SLIP.size))

    with Image.open(tmp_path / "scan") as picture:
        assert np.array_equal(page.image, np.asarray(picture))


@pytest.mark.parametrize(
    "data",
    [
        pdf.scanned_g4(),
        pic.tiff(compression="group4"),
        pic.tiff(compression="group4", tiffinfo={262: 0}),
        pic.tiff(compression="group4", tiffinfo={266: 2}),
        pic.tiff(pic.black_on_white(), compression="group3"),
        pic.tiff(pic.black_on_white(), compression="raw"),
    ],
    ids=["pdf", "group 4", "negative", "mirrored bytes", "group 3", "bits"],
)
def test_black_and_white_comes_back_to_the_pixel(tmp_path: Path, data: bytes) -> None:
    assert np.array_equal(only_page(tmp_path, data).image, FAX)


@pytest.mark.parametrize(
    "data",
    [
        pic.saved(pic.printed_in_four_colours(), "JPEG"),
        pic.tiff(pic.printed_in_four_colours()),
        pic.tiff(pic.slip().convert("RGB"), compression="jpeg"),
        pic.tiff(pic.slip().convert("RGB").convert("LAB")),
        pic.tiff(pic.sixteen_bit()),
        pic.tiff(pic.floating(1.0)),
        pic.tiff(pic.floating(255.0)),
        pic.png(pic.sixteen_bit()),
        pic.png(pic.see_through()),
        pic.png(pic.slip().convert("P")),
        pic.tiff(compression="group4", tiffinfo={262: 0}),
        pdf.inverted_jpeg(),
        pdf.four_colour_jpeg(),
        pdf.stencil(),
        pdf.indexed(),
        pdf.jpeg_2000(),
    ],
    ids=lambda data: str(len(data)),
)
def test_light_stays_light_and_dark_dark_in_every_colour_space(tmp_path: Path, data: bytes) -> None:
    height, width = SLIP.shape
    image = only_page(tmp_path, data).image
    fitted = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)

    assert np.corrcoef(fitted.ravel(), SLIP.ravel())[0, 1] > 0.8
    assert abs(float(np.median(fitted)) - float(np.median(SLIP))) < 20


@pytest.mark.parametrize(
    "data",
    [
        pdf.placed(entries=b"/Rotate 90"),
        pdf.placed(entries=b"/CropBox [0 0 419.5 297.6]"),
        pdf.placed(b"q 0 0 419.5 297.6 re W n " + pdf.DRAW_PICTURE + b" Q"),
        pdf.placed(b"q .1 0 0 .1 0 0 cm 0 0 4195 2976 re W n 4195 0 0 2976 0 0 cm /P Do Q"),
    ],
    ids=["turned", "cropped to itself", "cut to itself", "cut to itself, scaled"],
)
def test_a_picture_that_is_all_of_its_page_is_not_drawn_anew(tmp_path: Path, data: bytes) -> None:
    assert np.array_equal(only_page(tmp_path, data).image, decoded(data))


@pytest.mark.parametrize(
    ("data", "shape"),
    [
        (pdf.placed(entries=b"/CropBox [20 20 200 200]"), (750, 750)),
        (pdf.placed(entries=b"/CropBox [-10 -10 500 400]"), (1240, 1748)),
        (pdf.placed(b"0 0 100 100 re W n " + pdf.DRAW_PICTURE), (1240, 1748)),
        (pdf.placed(b"-419.5 0 0 297.6 419.5 0 cm /P Do"), (1240, 1748)),
        (pdf.placed(b"419.5 0 0 200 0 0 cm /P Do"), (1240, 1748)),
        (pdf.placed(b"0.9 0.9 -0.9 0.9 0 0 cm " + pdf.DRAW_PICTURE), (1240, 1748)),
    ],
    ids=["cropped", "with a rim", "cut", "mirrored", "stretched", "slanted"],
)
def test_a_picture_shown_in_part_or_changed_is_drawn_as_people_see_it(
    tmp_path: Path, data: bytes, shape: tuple[int, int]
) -> None:
    page = only_page(tmp_path, data)

    assert page.dpi == 300
    assert page.image.shape == shape


@pytest.mark.parametrize("data", [pdf.typed_over(), pdf.annotated()], ids=["typed", "stuck on"])
def test_what_is_set_visibly_over_a_scan_is_seen(tmp_path: Path, data: bytes) -> None:
    page = only_page(tmp_path, data)
    left, top, right, bottom = (round(points * 300 / 72) for points in (40, 215, 220, 260))

    assert page.image[top:bottom, left:right].min() == 255


@pytest.mark.parametrize("kind", ["tif", "pdf"])
def test_every_page_of_a_file_is_read_in_any_order(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "scan"
    pictures = [pic.slip().resize((400, 300 + 10 * number)) for number in range(5)]
    pictures[0].save(
        path, {"tif": "TIFF", "pdf": "PDF"}[kind], save_all=True, append_images=pictures[1:]
    )

    with open_scan(path, LIMITS) as scan:
        heights = {number: scan.page(number).image.shape[0] for number in (5, 1, 3, 2, 4)}

    assert scan.page_count == 5
    assert heights == {1: 300, 2: 310, 3: 320, 4: 330, 5: 340}


@pytest.mark.parametrize(
    ("stated", "told"), [((200, 200), 200.0), ((1, 1), None), ((204, 98), None), (None, None)]
)
def test_dots_per_inch_come_from_the_file_where_they_are_sane(
    tmp_path: Path, stated: tuple[int, int] | None, told: float | None
) -> None:
    data = pic.saved(pic.slip(), "JPEG", **({"dpi": stated} if stated else {}))

    assert only_page(tmp_path, data).dpi == told


def test_a_page_that_is_not_one_picture_is_drawn_at_300_dpi(tmp_path: Path) -> None:
    page = only_page(tmp_path, pdf.drawn())

    assert page.dpi == 300
    assert page.image.shape == (1240, 1748)
    assert page.image[1240 - 85 * 300 // 72, 85 * 300 // 72] == 0


def test_a_page_that_never_ends_costs_its_time_and_no_other_page(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf.nested_forms(around=1))
    outcome: list[Refusal | str] = []

    with open_scan(path, Limits(seconds=0.5, memory_mib=4096)) as scan:
        for number in (1, 2, 3):
            try:
                scan.page(number)
                outcome.append("read")
            except Refused as fault:
                outcome.append(fault.refusal)

    assert outcome == ["read", Refusal(Reason.TOO_SLOW, ADVICE[Reason.TOO_SLOW], 2), "read"]


def test_a_decoder_that_dies_between_pages_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(pic.pages_tiff(3))

    with open_scan(path, LIMITS) as scan:
        scan.page(1)
        scan._decoder._process.kill()
        scan._decoder._process.wait()
        assert scan.page(2).number == 2


def test_no_process_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(pic.png())
    with open_scan(path, LIMITS) as scan:
        scan.page(1)
        process = scan._decoder._process

    close_idle()

    assert process.returncode is not None
    assert not Path(f"/proc/{process.pid}").exists()


@pytest.mark.slow
def test_memory_stays_flat_over_many_pages(tmp_path: Path) -> None:
    path = tmp_path / "many.tif"
    path.write_bytes(pic.pages_tiff(200, (1200, 1600)))
    close_idle()
    peaks = []

    with open_scan(path, LIMITS) as scan:
        for number in range(1, 201):
            scan.page(number)
            if number in (30, 200):
                peaks.append(_peak_kib(scan._decoder))

    assert peaks[1] < peaks[0] * 1.1


def _peak_kib(decoder: Decoder) -> int:
    status = Path(f"/proc/{decoder._process.pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def test_a_missing_poppler_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "drawn.pdf"
    path.write_bytes(pdf.drawn())
    close_idle()
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MissingProgram, match="poppler-utils"):
        pages(path)
    close_idle()


def test_a_refusal_travels_between_processes() -> None:
    refusal = Refusal(Reason.CORRUPT, "Scan it again.", 3)

    came = pickle.loads(pickle.dumps(Refused(refusal)))

    assert came.refusal == refusal
    assert str(came) == "Scan it again."


def test_pages_that_are_kept_stay_what_they_were_while_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    shades = [Image.new("L", (300, 200 + 7 * shade), 200 + shade) for shade in range(12)]
    shades[0].save(path, save_all=True, append_images=shades[1:])
    kept = {}

    with open_scan(path, LIMITS) as scan, open_scan(path, LIMITS) as other:
        for number in range(1, 13):
            page = scan.page(number)
            other.page(13 - number)
            if number % 3:
                kept[number] = page.image[10:, 10:]

    assert all((image == 199 + number).all() for number, image in kept.items())
    assert {image.shape for image in kept.values()} == {(183 + 7 * n, 290) for n in kept}


def test_nobody_can_write_to_a_page(tmp_path: Path) -> None:
    page = only_page(tmp_path, pic.png())

    with pytest.raises(ValueError, match="read-only"):
        page.image[0, 0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        page.image.setflags(write=True)


def test_threads_read_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    path.write_bytes(pic.png())

    with ThreadPoolExecutor(4) as threads:
        images = [found[0].image for found in threads.map(pages, [path] * 12)]

    assert all(np.array_equal(image, SLIP) for image in images)


def test_a_forked_process_reads_for_itself(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(pic.tiff())
    mine = only_page(tmp_path, pic.png())

    with multiprocessing.get_context("fork").Pool(1) as forked:
        (theirs,) = forked.apply(pages, [path])

    assert np.array_equal(theirs.image, SLIP)
    assert np.array_equal(mine.image, SLIP)
    assert np.array_equal(pages(path)[0].image, SLIP)


def test_a_decoder_that_cannot_start_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: cannot open')")
    path = tmp_path / "scan.png"
    path.write_bytes(pic.png())
    close_idle()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(MissingProgram, match=r"libGL\.so\.1: cannot open.*doctor"):
        pages(path)


def test_a_machine_that_is_stricter_than_the_company_is_obeyed(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(pic.png())
    program = (
        "from pathlib import Path; from intake.scan import open_scan\n"
        "from intake.settings import Limits\n"
        "with open_scan(Path('scan.png'), Limits(seconds=500)) as scan: print(scan.page(1).number)"
    )

    done = subprocess.run(
        ["bash", "-c", f'ulimit -t 60; exec "{sys.executable}" -c "$0"', program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "1\n"
