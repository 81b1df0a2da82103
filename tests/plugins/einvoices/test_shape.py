"""What was judged before does not change a verdict: shapes only spare us asking twice."""

import random
import re
from xml.etree import ElementTree

import pytest

from tests.plugins.einvoices.test_rules import CII, TODAY, UBL
from usance.domain.finding import Finding
from usance.domain.verification import shape
from usance.domain.verification.profiles import Profile, judge
from usance.plugins import Unreadable
from usance.plugins.einvoices import _forms, _view
from usance.plugins.einvoices._forms import cut, outline
from usance.plugins.einvoices._verdict import verdict

TEXT = re.compile(r">([^<>]+)</")
WORDS = ("", " ", "0", "-1", "1.234", "99.999", "abc", "2026-02-30", "20260331", "VAT", "S", "E",
         "O", "EUR", "SE", "SE556677889901", "true", "380")  # fmt: skip


def changed(xml: str, chance: random.Random) -> str:
    """The invoice with three texts changed or elements gone."""
    for _ in range(3):
        found = chance.choice(list(TEXT.finditer(xml)))
        if chance.random() < 0.3:  # Nothing but the closing tag's rest is left of it.
            start = xml.rindex("<", 0, found.start())
            xml = xml[:start] + xml[xml.index(">", found.end()) + 1 :]
        else:
            xml = xml[: found.start() + 1] + chance.choice(WORDS) + xml[found.end() - 2 :]
    return xml


def judged(xml: str, profile: Profile) -> tuple[Finding, ...]:
    return verdict(xml.encode(), profile=profile, today=TODAY).findings


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("xml", [UBL, CII], ids=["ubl", "cii"])
def test_a_verdict_does_not_depend_on_what_was_judged_before(xml: str, profile: Profile) -> None:
    chance = random.Random(7)  # noqa: S311  # The same changes in every run.
    papers = [changed(xml, chance) for _ in range(40)]
    fresh = []
    for paper in papers:
        _view.forget()
        fresh.append(judged(paper, profile))

    for _ in range(4):  # Until the third time we learn; then we know.
        assert [judged(paper, profile) for paper in papers] == fresh


# What a text or a place between elements may hold, and how a parser takes it.
ODD = (
    "&amp;", "R&amp;D &lt;b&gt;", "&#65;", "&nbsp;", "&", "\x01", "]]>", ">", "a\r\nb", "a\rb", "é",
    "\u00a0", "\ufffe", "<!-- c -->", "12<!-- -- -->", "<!---->1", "<!-- \x01 -->", "<!-- c",
    "<![CDATA[<b>]]>", "<?p ?>", "12<?p > ?>3", "<?xml p?>", "<?p <x> ?>", "<?p", "<?p \x01?>",
    "&am<?p?>p;", "&am<!-- -->p;", "]]<?p?>>", "<cbc:ID/>", "  7  ", "", "\n", "\t",
)  # fmt: skip
TAGS = (
    (" ", ' a="1>2" '), (">", ">\n\n"), (">", "><!-- > -->"), ("<", "<!-- <x> --><"),
    ("?>", "?>\r\n"),
    ("UTF-8", "ISO-8859-1"), ("?>", '?><?style href="a>b"?>'), ("?>", "<!-- -->?>"),
    (">", "<!-- -->>"), (">", "<?p?>>"), (' version="', ' version="<?p?>'), (">", "><?p?>"),
)  # fmt: skip


@pytest.mark.parametrize("xml", [UBL, CII], ids=["ubl", "cii"])
def test_a_text_in_a_known_form_is_taken_as_by_the_parser(xml: str) -> None:
    if not xml.startswith("<?xml"):
        xml = f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'
    chance = random.Random(11)  # noqa: S311  # The same changes in every run.
    papers = [
        xml[: found.start() + 1] + odd + xml[found.end() - 2 :]
        for odd in ODD
        for found in chance.sample(list(TEXT.finditer(xml)), 3)
    ]
    for old, new in TAGS:
        at = chance.choice([found.start() for found in re.finditer(re.escape(old), xml)])
        papers.append(xml[:at] + new + xml[at + len(old) :])
    fresh = []
    for paper in papers:
        _view.forget()
        fresh.append(judged(paper, Profile.PEPPOL))

    for _ in range(3):
        for paper, findings in zip(papers, fresh, strict=True):
            judged(xml, Profile.PEPPOL)  # So that its form is the one that is tried.
            assert judged(paper, Profile.PEPPOL) == findings, paper

    taken = 0
    for paper in papers:
        tree = put_into_form_of(xml, paper)
        if tree is not None:
            assert tree == spelled(ElementTree.fromstring(paper.encode())), paper  # noqa: S314
            taken += 1
    assert taken > len(papers) / 4


FILE = "QUJD" * 9000


@pytest.mark.parametrize(
    ("attached", "is_short"),
    [
        (FILE, True),
        ("\n".join([FILE[:76]] * 400), True),
        (" " * 200 + FILE, False),  # What is left of it would be blank.
        (" " * 30_000, False),
        (f"{FILE}&amp;", False),
        (f"{FILE}\x01", False),  # No XML, wherever it stands.
        (f"<![CDATA[{FILE}]]>", False),
        (f"{FILE}<cbc:ID/>", True),
    ],
)
def test_an_attached_file_is_not_read_and_changes_no_verdict(attached: str, is_short: bool) -> None:
    paper = UBL.replace(
        "<cac:AccountingSupplierParty>",
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
        '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">'
        f"{attached}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        "</cac:AdditionalDocumentReference><cac:AccountingSupplierParty>",
        1,
    )
    data = paper.encode()
    assert (len(_view.without_attachments(data)) < len(data) / 2) == is_short
    if "\x01" in attached:
        with pytest.raises(Unreadable) as told, _view.lent(data):
            pass
        with pytest.raises(Unreadable) as whole:
            _view.view(data)
        assert told.value.where == whole.value.where
        return
    document = _view.view(data)
    with _view.lent(data) as short:
        assert short.shape is document.shape
        assert judge(short, Profile.PEPPOL, on=TODAY) == judge(document, Profile.PEPPOL, on=TODAY)


def put_into_form_of(xml: str, paper: str) -> list[object] | None:
    """What a paper says, put into the form of an invoice; None if it does not fit."""
    first, pieces = cut(xml.encode()), cut(paper.encode())
    document = _view.view(xml.encode())
    assert first
    form = _view._forms.learn(outline(b""), first, document.root, document.shape)  # type: ignore[arg-type]  # An element, made by `view`.
    assert form
    return spelled(form.root) if pieces and form.fill(pieces, _view._shapes) else None


def spelled(root: ElementTree.Element) -> list[object]:
    return [(one.text, one.tail, one.attrib) for one in root.iter()]


def test_a_form_is_lent_to_one_document_at_a_time() -> None:
    other = UBL.replace("<cbc:ID>", "<cbc:ID>Z", 1)
    for _ in range(3):
        judged(UBL, Profile.PEPPOL)

    with _view.lent(UBL.encode()) as one, _view.lent(other.encode()) as two:
        assert one.root is not two.root
        assert one.root.findall("cbc:ID")[0].text != two.root.findall("cbc:ID")[0].text
    with _view.lent(other.encode()) as one:
        root = one.root
    with _view.lent(UBL.encode()) as two:
        assert two.root is root  # Filled anew, not made anew.


def test_shapes_can_be_forgotten() -> None:
    _view.forget()
    judged(UBL, Profile.PEPPOL)
    assert 0 < _view.held() < 2000

    _view.forget()

    assert _view.held() == 0


def test_at_the_limit_only_what_was_not_met_lately_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _view.forget()
    monkeypatch.setattr(_forms, "MOST", 4 * UBL.count("<"))
    monkeypatch.setattr(shape, "MOST", 1500)
    for _ in range(3):
        judged(UBL, Profile.PEPPOL)
    with _view.lent(UBL.encode()) as known:
        root, form = known.root, known.shape

    for at in range(1, 60):  # Each a form of its own, learnt as the first was.
        stranger = UBL.replace("<cbc:ID>", f"{'<cbc:Note>' * at}{'</cbc:Note>' * at}<cbc:ID>", 1)
        for _ in range(3):
            judged(stranger, Profile.PEPPOL)
        with _view.lent(UBL.encode()) as again:
            assert again.root is root, f"forgotten after {at}"

    assert again.shape is form
    assert _view.held() < 2 * (1500 + 4 * UBL.count("<")), "the strangers' went"

    for at in range(1, 11):  # Now it stays away.
        for _ in range(3):
            judged(UBL.replace("<cbc:ID>", f"{'<a/>' * at}<cbc:ID>", 1), Profile.PEPPOL)
    with _view.lent(UBL.encode()) as fresh:
        assert fresh.root is not root
