"""One page of a PDF as PNG. The PDF may be anybody's, so a child process of its own opens it.

The child has a limit on memory, on processor time and on pixels, and starts fresh for each page: a
document that breaks the reader breaks nothing else.
"""

import subprocess
import sys
from pathlib import Path

from usance.domain.refusal import Refusal

CHILD = Path(__file__).with_name("preview_child.py")
LARGEST_PDF = 50_000_000  # Bytes.
SECONDS = 20
REFUSED = 3  # The child's exit code when it says why on stderr.


class NoPreview(Refusal):
    code = "preview_impossible"
    todo = "Open the document itself; it is kept unchanged."


def preview(pdf: bytes, page: int = 0, dpi: int = 110) -> bytes:
    """The page, counted from 0, as PNG.

    :raises NoPreview: says why: no PDF, damaged, encrypted, no such page, too many pages, too many
        pixels, or too much time or memory.
    """
    if not 20 <= dpi <= 600:
        raise NoPreview(f"{dpi} dpi is not between 20 and 600.")
    if len(pdf) > LARGEST_PDF:
        raise NoPreview(f"The document has {len(pdf)} bytes; we show up to {LARGEST_PDF}.")
    if b"%PDF-" not in pdf[:1024]:
        raise NoPreview("This is no PDF.")
    command = [sys.executable, "-I", str(CHILD), str(page), str(dpi)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file, and two numbers.
            command, input=pdf, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise NoPreview(f"The page took more than {SECONDS} seconds.") from slow
    if done.returncode == 0:
        return done.stdout
    if done.returncode == REFUSED:
        raise NoPreview(done.stderr.decode(errors="replace").strip())
    raise NoPreview("The page needs more memory or time than a preview gets, or is damaged.")
