"""Run as a program by `preview`: a PDF on stdin, page and dpi as arguments, a PNG on stdout.

Imports nothing of ours, so that it starts fast and holds nothing worth stealing.
"""

import ctypes
import math
import resource
import struct
import sys
import zlib
from typing import Any

MEMORY = 1_200_000_000  # Bytes of address space, the reader's own library included.
SECONDS = 15  # Of processor time.
MOST_PAGES = 5000
MOST_PIXELS = 20_000_000
LARGEST_SIDE = 14_400  # Points; the largest page that the PDF standard knows.
REFUSED = 3
COUNT = -1  # In place of a page: how many there are.
SCREEN = (1600, 2200)  # Pixels.


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def refuse(says: str) -> None:
    sys.stderr.write(says)
    sys.exit(REFUSED)


def main(page: int, dpi: int) -> None:
    limit()
    data = sys.stdin.buffer.read()
    if b"%PDF-" in data[:1024]:
        pdf(data, page, dpi)
    else:
        picture(data, page)


def picture(data: bytes, page: int) -> None:
    """A photograph or a fax: made smaller if it is larger than a screen."""
    import io

    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = 10 * MOST_PIXELS
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "TIFF"])
        if page == COUNT:
            sys.stdout.write(str(getattr(image, "n_frames", 1)))
            return
        image.seek(page)
        image.thumbnail((max(SCREEN), max(SCREEN)))
        image = ImageOps.exif_transpose(image)  # As the reader of pictures sees it.
        if image.mode in ("LA", "PA", "RGBA", "P"):  # What is see-through is paper.
            paper = Image.new("RGBA", image.size, "white")
            paper.alpha_composite(image.convert("RGBA"))
            image = paper
        image.thumbnail(SCREEN)
        image.convert("RGB").save(sys.stdout.buffer, "PNG")
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as broken:
        refuse(f"The picture cannot be shown: {broken}")


def pdf(data: bytes, page: int, dpi: int) -> None:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as broken:
        return refuse(f"The document cannot be opened: {broken}")
    count = len(document)
    if count > MOST_PAGES:
        return refuse(f"The document has {count} pages; we show up to {MOST_PAGES}.")
    if page == COUNT:
        sys.stdout.write(str(count))
        return None
    if not 0 <= page < count:
        return refuse(f"There is no page {page + 1}; the document has {count}.")
    width, height = document.get_page_size(page)
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        return refuse(f"The page measures {width:.0f} x {height:.0f} points.")
    scale = min(dpi / 72, math.sqrt(MOST_PIXELS / (width * height)))
    try:
        bitmap = document[page].render(scale=scale, rev_byteorder=True)
    except pypdfium2.PdfiumError as broken:
        return refuse(f"The page cannot be drawn: {broken}")
    sys.stdout.buffer.write(png(bitmap))
    return None


def png(bitmap: Any) -> bytes:
    """RGB or grey, no filter. Source: PNG specification, third edition."""
    wide, tall, stride, channels = bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels
    raw = ctypes.string_at(bitmap.buffer, stride * tall)
    rows = bytearray()
    for row in range(tall):
        line = raw[row * stride : row * stride + wide * channels]
        if channels == 4:
            kept = bytearray(wide * 3)
            kept[0::3], kept[1::3], kept[2::3] = line[0::4], line[1::4], line[2::4]
            line = bytes(kept)
        rows += b"\0" + line
    colour = 0 if channels == 1 else 2
    head = struct.pack(">IIBBBBB", wide, tall, 8, colour, 0, 0, 0)
    body = zlib.compress(bytes(rows), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
