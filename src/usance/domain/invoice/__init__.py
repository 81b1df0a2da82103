"""The invoice: the paper (document), the claim it proves (receivable), its walk (stage)."""

from .document import Invoice
from .receivable import Kind, Receivable
from .stage import ENDED, NEXT, OPEN, Stage, WrongStage, step

__all__ = ["ENDED", "NEXT", "OPEN", "Invoice", "Kind", "Receivable", "Stage", "WrongStage", "step"]
