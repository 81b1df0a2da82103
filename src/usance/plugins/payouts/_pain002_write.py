"""Write a pain.002, as the sandbox's bank does. `pain001.read_status` reads it back."""

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from usance.plugins._xml import document, put, written

from . import Answer, Verdict

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.{}"
STATUS = {
    Verdict.ACCEPTED: "ACCP", Verdict.EXECUTED: "ACSC",
    Verdict.REJECTED: "RJCT", Verdict.PENDING: "PDNG",
}  # fmt: skip
LONGEST_LINE = 105  # AddtlInf.


def write_pain002(
    answers: Sequence[Answer],
    *,
    message: str,
    made_at: datetime,
    version: str = "10",
    original: str = "pain.001",
) -> bytes:
    """The bank's report `message` on one file: its group answer (empty key) and each order's.

    :param original: which message the file was: "pain.001" or "pain.008".
    """
    files = {answer.file for answer in answers}
    assert len(files) == 1, "a report speaks of one file"
    root = document(NAMESPACE.format(version))
    report = put(root, "CstmrPmtStsRpt")
    header = put(report, "GrpHdr")
    put(header, "MsgId", message)
    put(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    group = put(report, "OrgnlGrpInfAndSts")
    put(group, "OrgnlMsgId", answers[0].file)
    put(group, "OrgnlMsgNmId", original)
    for answer in answers:
        if not answer.key:
            put(group, "GrpSts", STATUS[answer.verdict])
            _reason(group, answer)
    orders = [answer for answer in answers if answer.key]
    if orders:
        batch = put(report, "OrgnlPmtInfAndSts")
        put(batch, "OrgnlPmtInfId", answers[0].file)
        for at, answer in enumerate(orders, start=1):
            tx = put(batch, "TxInfAndSts")
            put(tx, "StsId", f"{message}/{at}"[-35:])
            put(tx, "OrgnlEndToEndId", answer.key)
            put(tx, "TxSts", STATUS[answer.verdict])
            _reason(tx, answer)
    return written(root)


def _reason(holder: etree._Element, answer: Answer) -> None:
    if not (answer.code or answer.reason):
        return
    told = put(holder, "StsRsnInf")
    if answer.code:
        put(told, f"Rsn/{'Cd' if len(answer.code) <= 4 else 'Prtry'}", answer.code)
    for line in _lines(answer.reason):
        put(told, "AddtlInf", line)


def _lines(text: str) -> list[str]:
    """Whole words, as many as fit: the reader joins lines by a space."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > LONGEST_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [line for line in lines if line]
