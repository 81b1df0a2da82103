"""Connections to our bank: how order files get there, and answers and statements come back.

What is in the files is the business of plugins.payouts and plugins.statements. A connection is a
module with these names.
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol


class Refused(Exception):
    """The bank has looked at the file and does not take it. Says why."""


class OutcomeUnknown(Exception):
    """The file may have arrived. The same file under the same name may be sent again: banks refuse
    a second file of one name."""


class Bank(Protocol):
    CONFIG: Mapping[str, str]

    def send(self, account: str, name: str, data: bytes, config: Mapping[str, str]) -> None:
        """Hand over an order file; that it came before under this name counts as success.

        :raises TryLater: if the bank surely has not got it.
        :raises Refused: if it will not take it.
        :raises OutcomeUnknown: if nobody knows.
        """

    def answer(self, account: str, name: str, config: Mapping[str, str]) -> bytes | None:
        """The bank's status report on a file; None while there is none.

        :raises TryLater: if the bank cannot be reached.
        """

    def statement(self, account: str, on: date, config: Mapping[str, str]) -> bytes | None:
        """The statement of a day; None while there is none.

        :raises TryLater: if the bank cannot be reached.
        """
