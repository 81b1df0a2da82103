"""One page of a PDF as PNG. The PDF may be anybody's, so a child process of its own opens it.

The child has a limit on memory, on processor time and on pixels, and starts fresh for each page: a
document that breaks the reader breaks nothing else.
"""

import subprocess
import sys
from pathlib import Path

from usance.domain.refusal import Refusal

CHILD = Path(__file__).with_name("preview_child.py")
LARGEST = 50_000_000  # Bytes.
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
COUNT = -1  # In place of a page: how many there are.
SECONDS = 20
REFUSED = 3  # The child's exit code when it says why on stderr.


class NoPreview(Refusal):
    code = "preview_impossible"
    todo = "Open the document itself; it is kept unchanged."


def preview(document: bytes, page: int = 0, dpi: int = 110) -> bytes:
    """The page, counted from 0, as PNG. A picture (PNG, JPEG, TIFF) is one page or several.

    A page that would have more than 20 million pixels is drawn smaller.

    :raises NoPreview: says why: no PDF, damaged, locked, no such page, too many pages, or too much
        time or memory.
    """
    if not 20 <= dpi <= 600:
        raise NoPreview(f"{dpi} dpi is not between 20 and 600.")
    if page < 0:
        raise NoPreview(f"There is no page {page + 1}.")
    return _asked(document, page, dpi)


def count(document: bytes) -> int:
    """How many pages it has.

    :raises NoPreview: as `preview` does.
    """
    return int(_asked(document, COUNT, 0))


def _asked(document: bytes, page: int, dpi: int) -> bytes:
    if len(document) > LARGEST:
        raise NoPreview(f"The document has {len(document)} bytes; we show up to {LARGEST}.")
    if b"%PDF-" not in document[:1024] and not document.startswith(PICTURES):
        raise NoPreview("This is no PDF and no picture.")
    command = [sys.executable, "-I", str(CHILD), str(page), str(dpi)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file, and two numbers.
            command, input=document, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise NoPreview(f"The page took more than {SECONDS} seconds.") from slow
    if done.returncode == 0:
        return done.stdout
    if done.returncode == REFUSED:
        raise NoPreview(done.stderr.decode(errors="replace").strip())
    raise NoPreview("The page needs more memory or time than a preview gets, or is damaged.")
