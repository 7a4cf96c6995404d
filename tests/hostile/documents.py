"""PDF files written by hand, so that each has exactly the fault it is made for."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass

import pypdfium2 as pdfium

from hostile.pictures import SIZE, black_on_white, jpeg, printed_in_four_colours, saved, slip

A6 = (419.5, 297.6)
BOX = b"2 w 20 20 380 250 re S 60 60 50 50 re f"
DRAW_PICTURE = b"419.5 0 0 297.6 0 0 cm /P Do"
PICTURE = b"/Resources << /XObject << /P 3 0 R >> >>"


@dataclass(frozen=True)
class Sheet:
    """A page: what it draws, its size in points, further entries of its dictionary."""

    content: bytes = BOX
    size: tuple[float, float] = A6
    entries: bytes = b""


def scanned(count: int = 1) -> bytes:
    """As a scanner writes it: one JPEG a page."""
    page = slip()
    return saved(page, "PDF", resolution=110, save_all=True, append_images=[page] * (count - 1))


def scanned_g4() -> bytes:
    return saved(black_on_white(), "PDF", resolution=110)


def drawn() -> bytes:
    """Lines and a filled box instead of a picture: has to be drawn to be seen."""
    return document([Sheet()])


def document(
    sheets: list[Sheet],
    objects: list[bytes] | None = None,
    catalogue: bytes = b"",
    count: int | None = None,
) -> bytes:
    """A PDF with a page for each of `sheets`.

    Args:
        sheets: the pages.
        objects: what they refer to, numbered from 3.
        catalogue: more entries for the catalogue.
        count: pages that it says it has; None: the truth.
    """
    first = 3 + len(objects or [])
    kids = b" ".join(b"%d 0 R" % (first + 2 * index) for index in range(len(sheets)))
    told = len(sheets) if count is None else count
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, told),
        *(objects or []),
    ]
    for sheet in sheets:
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %f %f] /Contents %d 0 R %s >>"
            % (*sheet.size, len(bodies) + 2, sheet.entries)
        )
        bodies.append(stream(sheet.content))
    return _assembled(bodies)


def with_picture(data: bytes, entries: bytes, content: bytes = DRAW_PICTURE) -> bytes:
    """A page filled by one picture: its stored bytes and the entries that describe them."""
    size = b"/Type /XObject /Subtype /Image /Width %d /Height %d " % SIZE
    return document([Sheet(content, A6, PICTURE)], [stream(data, size + entries)])


def placed(content: bytes = DRAW_PICTURE, entries: bytes = b"") -> bytes:
    """A scan that is drawn by `content` on a page with further `entries`."""
    size = b"/Type /XObject /Subtype /Image /Width %d /Height %d " % SIZE
    described = size + b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
    return document([Sheet(content, A6, PICTURE + entries)], [stream(jpeg(), described)])


def inverted_jpeg() -> bytes:
    """Stored as a negative, and the dictionary says so."""
    negative = saved(slip().point(lambda value: 255 - value), "JPEG")
    entries = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode /Decode [1 0]"
    return with_picture(negative, entries)


def four_colour_jpeg() -> bytes:
    entries = b"/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Filter /DCTDecode"
    data = saved(printed_in_four_colours(), "JPEG")
    return with_picture(data, entries + b" /Decode [1 0 1 0 1 0 1 0]")


def jpeg_2000() -> bytes:
    data = saved(slip(), "JPEG2000")
    return with_picture(data, b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /JPXDecode")


def annotated() -> bytes:
    """A scan with a filled square stuck on it by somebody's PDF program."""
    size = b"/Type /XObject /Subtype /Image /Width %d /Height %d " % SIZE
    entries = size + b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
    look = b"/Type /XObject /Subtype /Form /BBox [0 0 200 60]"
    note = b"<< /Type /Annot /Subtype /Square /F 4 /Rect [30 30 230 90] /AP << /N 5 0 R >> >>"
    objects = [stream(jpeg(), entries), note, stream(b"1 g 0 0 200 60 re f", look)]
    return document([Sheet(DRAW_PICTURE, A6, PICTURE + b" /Annots [4 0 R]")], objects)


def stencil() -> bytes:
    """Ink through a mask, as some scanners store black and white."""
    bits = black_on_white().tobytes()
    entries = b"/ImageMask true /BitsPerComponent 1 /Filter /FlateDecode"
    return with_picture(zlib.compress(bits), entries)


def indexed() -> bytes:
    """Grey through a table that runs from light to dark."""
    table = bytes(255 - value for value in range(256) for _ in range(3)).hex().encode()
    data = zlib.compress(bytes(255 - value for value in slip().tobytes()))
    entries = b"/ColorSpace [/Indexed /DeviceRGB 255 <%s>] /BitsPerComponent 8" % table
    return with_picture(data, entries + b" /Filter /FlateDecode")


def grey_flate(data: bytes | None = None) -> bytes:
    packed = zlib.compress(slip().tobytes()) if data is None else data
    return with_picture(packed, b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode")


def typed_over() -> bytes:
    """A scan with other digits set visibly over it: what people see is what counts."""
    content = b"q " + DRAW_PICTURE + b" Q 1 g 30 30 200 60 re f"
    entries = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
    return with_picture(jpeg(), entries, content)


def with_hidden_text() -> bytes:
    """A scan with a layer of text for searching, which nobody sees."""
    content = b"q " + DRAW_PICTURE + b" Q BT 3 Tr /F 12 Tf 30 30 Td (99999999) Tj ET"
    entries = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
    return with_picture(jpeg(), entries, content)


def cut_picture(share: float) -> bytes:
    """A whole PDF around a JPEG that breaks off."""
    data = jpeg()
    entries = b"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
    return with_picture(data[: int(len(data) * share)], entries)


def locked() -> bytes:
    """Asks for a password: standard security handler, keys that fit none."""
    key = b"41" * 32
    entries = b"/Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <%s> /U <%s>" % (key, key)
    whole = drawn()
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << %s >> /ID [<00> <00>]" % entries)


def nested_forms(around: int = 0) -> bytes:
    """Each form draws the next one 12 times, 24 deep: 12 ** 24 boxes in 5 kB.

    Args:
        around: good pages before it, and as many behind.
    """
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 420 300] "
    forms = [
        stream(b"/P Do " * 12, head + b"/Resources << /XObject << /P %d 0 R >> >>" % (4 + index))
        for index in range(24)
    ]
    good = [Sheet()] * around
    return document([*good, Sheet(b"/P Do", A6, PICTURE), *good], [*forms, stream(BOX, head)])


def endless_content() -> bytes:
    """A page whose description unpacks to 15 million strokes."""
    packing = zlib.compressobj(9)
    line = b"0 0 m 9 9 l S " * 75000
    packed = b"".join(packing.compress(line) for _ in range(200)) + packing.flush()
    plain = document([Sheet(b"@@")])
    return plain.replace(stream(b"@@"), stream(packed, b"/Filter /FlateDecode"))


def huge_picture() -> bytes:
    """A picture that says it has 60,000 × 60,000 pixels."""
    whole = with_picture(
        zlib.compress(bytes(1000)),
        b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode",
    )
    return whole.replace(b"/Width 640 /Height 440", b"/Width 60000 /Height 60000")


def script() -> bytes:
    """Would run a script and start a program, if anybody let it."""
    actions = b"/OpenAction << /S /JavaScript /JS (app.alert(1)) /Next << /S /Launch /F (sh) >> >>"
    return document([Sheet()], catalogue=actions)


def packed_objects(count: int = 3) -> bytes:
    """Page objects inside compressed object streams, as newer programs write."""
    with pdfium.PdfDocument.new() as made:
        for _ in range(count):
            made.new_page(*A6)
        file = io.BytesIO()
        made.save(file)
    return file.getvalue()


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def _assembled(bodies: list[bytes]) -> bytes:
    file = io.BytesIO()
    file.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    file.writelines(b"%010d 00000 n \n" % place for place in places)
    file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(bodies) + 1))
    file.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return file.getvalue()
