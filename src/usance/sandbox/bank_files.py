"""What the bank writes: camt.053 and pain.002."""

from datetime import datetime
from xml.sax.saxutils import escape

from usance.domain.money import Money
from usance.domain.payment import BankLine, Reference, Statement
from usance.plugins.payouts import Verdict

from .bank import HandedIn

STATUS = {
    Verdict.ACCEPTED: "ACCP",
    Verdict.EXECUTED: "ACSC",
    Verdict.REJECTED: "RJCT",
    Verdict.PENDING: "PDNG",
}


def status(file: HandedIn, *, made_at: datetime) -> bytes:
    """pain.002.001.03."""
    parts = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(key)}</OrgnlEndToEndId>"
        f"<TxSts>{STATUS[answer.verdict]}</TxSts>"
        + (
            f"<StsRsnInf><Rsn><Cd>{answer.code}</Cd></Rsn>"
            f"<AddtlInf>{escape(answer.reason)}</AddtlInf></StsRsnInf>"
            if answer.verdict is Verdict.REJECTED
            else ""
        )
        + "</TxInfAndSts>"
        for key, answer in file.answers.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>ST-{escape(file.name)}</MsgId>"
        f"<CreDtTm>{made_at:%Y-%m-%dT%H:%M:%S}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(file.name)}</OrgnlMsgId>"
        "<OrgnlMsgNmId>pain.001</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(file.name)}</OrgnlPmtInfId>{parts}"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def statement(statement: Statement) -> bytes:
    """camt.053.001.08, one statement with its balances and an entry for each line."""
    assert statement.opening is not None
    assert statement.closing is not None
    assert statement.closed_on is not None
    day = f"<Dt><Dt>{statement.closed_on}</Dt></Dt>"
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(balance)}{day}</Bal>"
        for code, balance in (("OPBD", statement.opening), ("CLBD", statement.closing))
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{statement.reference}</MsgId>"
        f"<CreDtTm>{statement.closed_on}T23:59:59Z</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{statement.reference}</Id><ElctrncSeqNb>{statement.sequence}</ElctrncSeqNb>"
        f"<CreDtTm>{statement.closed_on}T23:59:59Z</CreDtTm>"
        f"<Acct><Id><IBAN>{escape(statement.account)}</IBAN></Id>"
        f"<Ccy>{statement.currency}</Ccy></Acct>{balances}"
        f"{''.join(_entry(line) for line in statement.lines)}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _entry(line: BankLine) -> str:
    domain, family, kind = (line.code or "PMNT-OTHR-OTHR").split("-")
    is_in = line.amount.minor >= 0
    party, account = ("Dbtr", "DbtrAcct") if is_in else ("Cdtr", "CdtrAcct")
    parties = ""
    if line.counterparty:
        parties += f"<{party}><Pty><Nm>{escape(line.counterparty)}</Nm></Pty></{party}>"
    if line.counterparty_account:
        iban = escape(line.counterparty_account)
        parties += f"<{account}><Id><IBAN>{iban}</IBAN></Id></{account}>"
    remitted = "".join(f"<Ustrd>{escape(text)}</Ustrd>" for text in line.texts)
    remitted += "".join(_reference(reference) for reference in line.references)
    back = f"<RtrInf><Rsn><Cd>{line.return_reason}</Cd></Rsn></RtrInf>"
    return (
        f"<Ntry>{_amount(line.amount)}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{line.booked_on}</Dt></BookgDt>"
        f"<ValDt><Dt>{line.value_on or line.booked_on}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd>"
        f"<SubFmlyCd>{kind}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>"
        f"<EndToEndId>{escape(line.end_to_end or 'NOTPROVIDED')}</EndToEndId></Refs>"
        f"{_amount(line.amount)}"
        + (f"<RltdPties>{parties}</RltdPties>" if parties else "")
        + (f"<RmtInf>{remitted}</RmtInf>" if remitted else "")
        + (back if line.return_reason else "")
        + "</TxDtls></NtryDtls></Ntry>"
    )


def _reference(reference: Reference) -> str:
    value = escape(reference.value)
    if reference.scheme == "scor":
        inner = (
            "<CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
            f"<Ref>{value}</Ref></CdtrRefInf>"
        )
    else:
        paid = reference.amount
        inner = (
            "<RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp>"
            f"<Nb>{value}</Nb></RfrdDocInf>"
        )
        if paid is not None:
            inner += (
                f'<RfrdDocAmt><RmtdAmt Ccy="{paid.currency}">{paid.decimal}</RmtdAmt></RfrdDocAmt>'
            )
    return f"<Strd>{inner}</Strd>"


def _amount(money: Money) -> str:
    """An unsigned amount and its direction."""
    way = "CRDT" if money.minor >= 0 else "DBIT"
    size = Money(abs(money.minor), money.currency)
    return f'<Amt Ccy="{money.currency}">{size.decimal}</Amt><CdtDbtInd>{way}</CdtDbtInd>'
