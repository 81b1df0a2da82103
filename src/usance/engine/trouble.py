"""What can keep the database from running, each with the next step for whoever started it."""


class EngineError(Exception):
    """The database cannot be used. `code` is stable, `todo` says what to do next.

    Not a Refusal: no rule of the business said no, and this floor knows no business.
    """

    code = "engine"

    def __init__(self, says: str, *, todo: str) -> None:
        super().__init__(says)
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.args[0]} {self.todo}"


class NoSpace(EngineError):
    """Too little room on the disk: a full disk stops PostgreSQL in the middle of its work."""

    code = "engine_no_space"


class WrongVersion(EngineError):
    """The data directory or the server is of a PostgreSQL that this program cannot use."""

    code = "engine_wrong_version"


class OutOfReach(EngineError):
    """The account that runs the server cannot get to its directory."""

    code = "engine_out_of_reach"


class NotInstalled(EngineError):
    """There are no PostgreSQL programs to run on this machine."""

    code = "engine_not_installed"


class DidNotStart(EngineError):
    """The server was called and did not come up; the end of its log is in the message."""

    code = "engine_did_not_start"


class MayNot(EngineError):
    """The user of the given address lacks a right that usance needs."""

    code = "engine_may_not"
