"""Findings and refusals as lines of text."""


def sentence(says: object) -> str:
    """What it says, with one full stop."""
    words = f"{says}".rstrip()
    return words if words.endswith(("?", "!")) else words.rstrip(".") + "."


def fault(says: str, *, where: str = "", todo: str = "") -> str:
    """Where, what and the next step, in one line."""
    place = f"{where}: " if where else ""
    return f"{place}{sentence(says)} {todo}".rstrip()


def counted(count: int, thing: str) -> str:
    """1 file, 2 files: of words that take an s."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
