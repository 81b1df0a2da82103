"""Keys of what happens again after it was taken back."""


def again(turn: int) -> str:
    """What stands behind a key the second time, and on."""
    return f":{turn}" if turn else ""
