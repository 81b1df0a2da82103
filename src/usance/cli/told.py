"""Findings and refusals as lines of text."""


def sentence(says: object) -> str:
    """What it says, with one full stop."""
    words = f"{says}".rstrip()
    return words if words.endswith(("?", "!")) else words.rstrip(".") + "."


def fault(says: str, *, where: str = "", todo: str = "") -> str:
    """Where, what and the next step, in one line."""
    place = f"{where}: " if where else ""
    return f"{place}{sentence(says)} {todo}".rstrip()
