"""The one base of every anticipated "no"."""


class Refusal(Exception):
    """A rule said no. Nothing was changed; the caller may tell the user why.

    `code` is part of the API: stable, snake_case, never translated. `todo` is the next step
    that the user can take, in a sentence.
    """

    code = "refused"
    todo = ""

    def __init__(self, says: str = "", *, todo: str = "") -> None:
        super().__init__(says)
        if todo:
            self.todo = todo
