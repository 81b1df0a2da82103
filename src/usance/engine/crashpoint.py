"""Named places at which a test kills the process, to see that a restart finishes the job.

Nothing happens without $USANCE_CRASH_AT ("name:n": die at the n-th time that this process comes by;
"name:n:stop": stand still there, as a machine does that swaps or sleeps, until somebody wakes it)
or $USANCE_CRASH_LOG (a file to which each name passed is written, so that a test finds them all).
"""

import os
import signal
from collections import Counter
from pathlib import Path

_wanted, _times, _how = [*os.environ.get("USANCE_CRASH_AT", "").split(":"), "", ""][:3]
_log = os.environ.get("USANCE_CRASH_LOG", "")
_passed: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """Die here, at once and without any tidying, if a test asks for it."""
    if not _wanted and not _log:
        return
    _passed[name] += 1
    if _log:
        with Path(_log).open("a") as file:
            file.write(f"{name}\n")
    if name == _wanted and _passed[name] == int(_times or 1):
        os.kill(os.getpid(), signal.SIGSTOP if _how == "stop" else signal.SIGKILL)
