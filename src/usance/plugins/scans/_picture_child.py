"""Run in a child process by `pictures`: a picture, and the words recognised on it.

Imports nothing of ours (see `_child_loop`). The question is the number of the page as four bytes
(from 0) and a PDF, JPEG, PNG or TIFF. The answer is JSON: {"count", "wide", "tall", "turned",
"words": [[text, l, t, r, b, score], …]} in points from the left top of the page as it stands
upright.
"""

import io
import json
import math
import os
import struct
from functools import cache
from statistics import median
from typing import Any

MEMORY = 6_000_000_000  # Bytes of address space: the runtime reserves more than it fills.
CPU_SECONDS = 1800  # For all pages that one child reads.
DPI = 200  # More costs half as much again and reads no better.
MOST_PIXELS = 80_000_000  # A4 at 600 dpi has 35 million.
LONGEST = 3000  # Pixels of the longer side that are looked at.
MAX_FRAMES = 1000
LARGEST_SIDE = 14_400  # Points.
A4 = 595.0  # Points across: for pictures that do not say how large the paper was.
SIDE = 1280  # Pixels of the longer side in which lines are looked for.
LOOKED_AT = 16  # Lines that tell whether the page stands on its head.
CONFIG = {
    "Global.log_level": "critical",
    "Global.max_side_len": 3600,
    "Det.limit_type": "max",
    "Det.limit_side_len": SIDE,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}
MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}


class Refused(Exception):
    """There is nothing to give. Says why."""

    where = ""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@cache
def engine() -> Any:
    """The recogniser with the models of its own package; nothing is fetched."""
    import rapidocr

    folder = os.path.join(os.path.dirname(rapidocr.__file__), "models")
    models = {key: os.path.join(folder, name) for key, name in MODELS.items()}
    for path in models.values():
        if not os.path.exists(path):
            raise Refused("the package rapidocr came without its models; install version 3.10")
    made = rapidocr.RapidOCR(params={**CONFIG, **models})
    made.return_word_box = True
    return made


def rendered(data: bytes, at: int) -> tuple[Any, int, float]:
    """A page of a PDF as pixels, the number of pages, points in a pixel."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        page = document[at]
        wide, tall = page.get_size()
        if not (0 < wide <= LARGEST_SIDE and 0 < tall <= LARGEST_SIDE):
            raise Refused(f"the page measures {wide:.0f} x {tall:.0f} points")
        scale = min(DPI / 72, LONGEST / max(wide, tall))
        pixels = page.render(scale=scale, rev_byteorder=False).to_numpy()
    except (pypdfium2.PdfiumError, IndexError):
        raise Refused("the page cannot be drawn; ask the sender for it again") from None
    return pixels, len(document), 1 / scale


def decoded(data: bytes, at: int) -> tuple[Any, int, float]:
    """A page of a picture as pixels, the number of pages, points in a pixel."""
    import numpy
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at twice this.
    try:
        picture: Any = Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "TIFF"])
        count = getattr(picture, "n_frames", 1)
        if count > MAX_FRAMES:
            raise Refused(f"the picture has {count:,} pages, more than {MAX_FRAMES:,}")
        picture.seek(at)
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(
                f"the picture has {picture.width} x {picture.height} pixels; make it smaller"
            )
        dots = float(picture.info.get("dpi", (0, 0))[0] or 0)
        if max(picture.size) > LONGEST:
            picture.draft("RGB", (LONGEST, LONGEST))
        before = picture.width
        picture = ImageOps.exif_transpose(picture)
        if picture.mode in ("LA", "PA", "RGBA", "P"):  # What is see-through is paper.
            paper = Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
            picture = paper
        picture = picture.convert("RGB")
        wide = max(before, picture.width) if dots else 0
        picture.thumbnail((LONGEST, LONGEST))
        point = A4 / min(picture.size)
        if dots and 150 < wide / dots * 72 < 1500:
            point = 72 / dots * (wide / max(picture.size) if wide > max(picture.size) else 1)
        pixels = numpy.ascontiguousarray(numpy.asarray(picture)[:, :, ::-1])
    except EOFError:
        raise Refused("the picture has no such page") from None
    except Image.DecompressionBombError:
        raise Refused("the picture has too many pixels; make it smaller") from None
    except (OSError, SyntaxError, ValueError, TypeError, struct.error):
        raise Refused("the picture is broken and cannot be opened; ask for it again") from None
    return pixels, count, point


def words_on(pixels: Any, reader: Any) -> tuple[int, Any, list[list[Any]]]:
    """Degrees by which the page was turned, with the clock; the pixels upright, their words."""
    import numpy

    turned = 0
    found = _lines(pixels, reader)
    if found and _lies(found[1].boxes):
        pixels, turned = numpy.ascontiguousarray(numpy.rot90(pixels, -1)), 90
        found = _lines(pixels, reader)
    if found and _stands_on_its_head(found[0], reader):
        pixels, turned = numpy.ascontiguousarray(numpy.rot90(pixels, 2)), (turned + 180) % 360
        found = _lines(pixels, reader)
    if not found:
        return turned, pixels, []
    crops, lines, record = found
    from rapidocr.ch_ppocr_cls import TextClsOutput

    said = reader.build_final_output(
        pixels, lines, TextClsOutput(), reader.recognize_txt(crops), crops, record
    )
    if said.boxes is None:
        return turned, pixels, []
    slant, middle = _slant(said.boxes), (pixels.shape[1] / 2, pixels.shape[0] / 2)
    words = []
    for line in said.word_results:
        for text, score, corners in line:
            level = [_levelled(x, y, slant, middle) for x, y in corners]
            across, down = [x for x, _ in level], [y for _, y in level]
            words.append([text, min(across), min(down), max(across), max(down), float(score)])
    return turned, pixels, words


def _lines(pixels: Any, reader: Any) -> Any:
    from rapidocr.main import RapidOCRError

    image, record = reader.preprocess_img(pixels)
    try:
        crops, lines = reader.detect_and_crop(image, record)
    except RapidOCRError:
        return None
    return crops, lines, record


def _sides(box: Any) -> tuple[float, float]:
    """Length of the upper and of the left edge of a box given by its corners."""
    return math.dist(box[0], box[1]), math.dist(box[0], box[3])


def _lies(boxes: Any) -> bool:
    sides = [_sides(box) for box in boxes]
    lying = sum(tall for wide, tall in sides if tall > 2 * wide)
    standing = sum(wide for wide, tall in sides if wide > 2 * tall)
    return bool(lying > standing)


def _stands_on_its_head(crops: list[Any], reader: Any) -> bool:
    # What is turned by the cutting of lines that lie must not vote.
    widest = sorted(crops, key=lambda crop: -crop.shape[1])[:LOOKED_AT]
    said = reader._load_cls_model()([crop.copy() for crop in widest]).cls_res or []
    sure = [label for label, score in said if score > 0.8]
    heads_down = sum(1 for label in sure if label == "180")
    return 2 * heads_down > max(len(sure), 2)


def _slant(boxes: Any) -> float:
    """Radians by which the lines of the page fall to the right."""
    angles = []
    for box in boxes:
        wide, tall = _sides(box)
        if wide > 5 * tall:
            angles.append(math.atan2(box[1][1] - box[0][1], box[1][0] - box[0][0]))
    return median(angles) if angles else 0.0


def _levelled(x: float, y: float, slant: float, middle: tuple[float, float]) -> tuple[float, float]:
    across, down = x - middle[0], y - middle[1]
    cos, sin = math.cos(slant), math.sin(slant)
    return middle[0] + across * cos + down * sin, middle[1] - across * sin + down * cos


def answer(question: bytes) -> bytes:
    (at,), data = struct.unpack(">I", question[:4]), question[4:]
    opened = rendered if b"%PDF-" in data[:1024] else decoded
    pixels, count, point = opened(data, at)
    try:
        turned, upright, words = words_on(pixels, engine())
    except MemoryError:
        raise Refused("the picture needs more memory than we give; make it smaller") from None
    said = {
        "count": count, "turned": turned,
        "wide": round(upright.shape[1] * point, 1), "tall": round(upright.shape[0] * point, 1),
        "words": [
            [text, *(round(edge * point, 1) for edge in edges), round(score, 3)]
            for text, *edges, score in words
        ],
    }  # fmt: skip
    return json.dumps(said).encode()
