"""Archives and mails are opened within limits; what is refused says why, and the rest goes on."""

import base64
import gzip
import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

import pytest

from usance.plugins.wrappings import LARGEST_MEMBER, MOST_MEMBERS, Budget, _tnef
from usance.plugins.wrappings import mail as mails
from usance.plugins.wrappings._opened import Piece, opened, wrapping_of

XML = b"<?xml version='1.0'?><Invoice/>"


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return kept.getvalue()


def names(pieces: list[Piece]) -> list[str]:
    return [piece.name for piece in pieces]


def codes(piece: Piece) -> list[str]:
    return [finding.code for finding in piece.findings]


def test_members_keep_their_paths_and_the_archive_its_bytes() -> None:
    data = zipped(("2026/march/R-1.xml", XML), ("R-2.xml", XML), ("2026/", b""))
    whole, *members = opened("batch.zip", data, "")
    assert (whole.wrapping, whole.data, whole.media_type) == ("zip", data, "application/zip")
    assert names(members) == ["batch.zip/2026/march/R-1.xml", "batch.zip/R-2.xml"]
    assert all((m.data, m.media_type, m.within) == (XML, "application/xml", whole) for m in members)
    assert not whole.findings


def test_an_archive_in_an_archive_is_opened_and_the_next_one_is_not() -> None:
    deep = zipped(("third.xml", XML))
    data = zipped(
        ("in.zip", zipped(("R-1.xml", XML), ("deep.zip", deep))), ("R-2.xml.gz", gzip.compress(XML))
    )
    pieces = {piece.name: piece for piece in opened("a.zip", data, "")}
    assert set(pieces) == {
        "a.zip", "a.zip/in.zip", "a.zip/in.zip/R-1.xml", "a.zip/in.zip/deep.zip",
        "a.zip/R-2.xml.gz", "a.zip/R-2.xml.gz/R-2.xml",
    }  # fmt: skip
    assert codes(pieces["a.zip/in.zip/deep.zip"]) == ["nested_too_deep"]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../evil.xml", "a/../../b.xml", "C:\\x.xml", "C:x.xml", "a\nb.xml",
             "a\u202egnp.xml", "x" * 201]
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused_alone(name: str) -> None:
    whole, member = opened("a.zip", zipped((name, XML), ("good.xml", XML)), "")
    assert (codes(whole), member.name) == (["member_name"], "a.zip/good.xml")


def test_links_locked_files_and_strange_packings_are_refused_alone() -> None:
    link = zipfile.ZipInfo("link.xml")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    data = bytearray(zipped((link, b"/etc/passwd"), ("locked.xml", XML), ("good.xml", XML)))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    data[at + 8] |= 1
    whole, member = opened("a.zip", bytes(data), "")
    assert (codes(whole), member.name) == (["member_link", "member_encrypted"], "a.zip/good.xml")

    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("x.xml", XML, zipfile.ZIP_LZMA)
    assert codes(opened("a.zip", kept.getvalue(), "")[0]) == ["member_packing"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_for_the_second_time_is_refused() -> None:
    whole, member = opened("a.zip", zipped(("R.xml", XML), ("r.XML", b"<other/>")), "")
    assert (codes(whole), member.data) == (["member_twice"], XML)


def test_a_damaged_member_is_refused_alone() -> None:
    noise = b"".join(sha256(bytes([n])).digest() for n in range(120))
    data = bytearray(zipped(("bad.xml", noise), ("good.xml", XML)))
    data[200] ^= 0xFF
    whole, member = opened("a.zip", bytes(data), "")
    assert (codes(whole), member.name) == (["member_broken"], "a.zip/good.xml")


def test_a_bomb_is_refused_by_its_directory_in_no_time() -> None:
    """1 MB that unpacks to 1 GB, beside an honest file."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    data = zipped(("bomb.xml", b"x"), ("good.xml", XML))
    data = _with_content(data, packed, 1 << 30)
    started = time.process_time()
    whole, member = opened("bomb.zip", data, "")
    assert time.process_time() - started < 1
    assert (codes(whole), member.name) == (["member_too_large"], "bomb.zip/good.xml")


def test_a_directory_that_lies_about_the_size_does_not_unpack_more() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    whole, _ = opened(
        "a.zip", _with_content(zipped(("bomb.xml", b"x"), ("g.xml", XML)), packed, 999), ""
    )
    assert codes(whole) == ["member_broken"]


def test_a_ratio_that_no_invoice_has_is_refused() -> None:
    whole, *rest = opened("a.zip", zipped(("zeros.csv", bytes(4_000_000))), "")
    assert (codes(whole), rest) == (["member_ratio"], [])


def test_too_many_files_are_refused_before_one_is_read() -> None:
    data = zipped(*((f"{n}.xml", b"") for n in range(MOST_MEMBERS + 1)))
    assert [codes(piece) for piece in opened("a.zip", data, "")] == [["wrapping_refused"]]
    started = time.process_time()
    many = data + b"PK\x01\x02" * 1_000_000
    assert codes(opened("a.zip", many, "")[0]) == ["wrapping_refused"]
    assert time.process_time() - started < 1


def test_files_that_lie_upon_each_other_are_a_bomb() -> None:
    """The best known bombs point to one packed block from every entry of the directory."""
    data = zipped(("a.xml", XML), ("b.xml", XML))
    at = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", at + 1)
    forged = bytearray(data)
    forged[second + 42 : second + 46] = struct.pack("<I", 0)
    (whole,) = opened("a.zip", bytes(forged), "")
    assert "upon each other" in whole.findings[0].says


@pytest.mark.parametrize(
    "data", [b"PK\x05\x06" + bytes(18), b"PK\x03\x04garbage", b"\x1f\x8b\x08garbage"]
)
def test_broken_and_empty_archives_say_so(data: bytes) -> None:
    (whole,) = opened("a.zip", data, "")
    assert codes(whole) == ["wrapping_refused"]


def test_a_gzip_bomb_is_counted_while_it_unpacks() -> None:
    (whole,) = opened("a.gz", gzip.compress(bytes(300 * 1024 * 1024)), "")
    assert codes(whole) == ["wrapping_refused"]


def test_workbooks_and_polyglots_are_no_archives() -> None:
    assert wrapping_of(zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b""))) == ""
    assert wrapping_of(b"%PDF-1.7\n" + zipped(("a.xml", XML))) == ""
    inner = zipped(("[Content_Types].xml", b"<Types/>"))
    assert wrapping_of(zipped(("table.xlsx", inner))) == "zip"


def test_what_programs_leave_is_passed_over() -> None:
    data = zipped(("__MACOSX/._R-1.xml", b"x"), (".DS_Store", b"x"), ("R-1.xml", XML))
    assert names(opened("a.zip", data, "")) == ["a.zip", "a.zip/R-1.xml"]


def mail(**more: str) -> EmailMessage:
    found = EmailMessage()
    for name, value in ({"From": "a@acme.example", "Subject": "March"} | more).items():
        found[name] = value
    found.set_content("Here they are.")
    return found


def test_a_mail_gives_what_is_attached_and_not_the_logo() -> None:
    one = mail()
    one.add_attachment(XML, maintype="application", subtype="xml", filename="Räkning 1.xml")
    one.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png", cid="<l>",
                       disposition="inline")  # fmt: skip
    one.add_attachment(
        b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s"
    )
    one.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    one.add_attachment(b"scan", maintype="image", subtype="jpeg", filename="image.jpg")
    one.add_attachment(b"scan 2", maintype="image", subtype="jpeg", filename="image.jpg")
    whole, *files = opened("m.eml", one.as_bytes(), "")
    assert (whole.wrapping, codes(whole)) == ("mail", ["member_packing"])
    assert names(files) == ["m.eml/Räkning 1.xml", "m.eml/image.jpg", "m.eml/4-image.jpg"]


def test_a_mail_with_a_mail_and_an_archive_is_opened_to_two_levels() -> None:
    inner = mail(Subject="Forwarded")
    inner.add_attachment(XML, maintype="application", subtype="xml", filename="R-1.xml")
    outer = mail()
    outer.add_attachment(inner)
    outer.add_attachment(
        zipped(("R-2.xml", XML)), maintype="application", subtype="zip", filename="b.zip"
    )
    found = names(opened("m.eml", outer.as_bytes(), ""))
    assert [name for name in found if name.endswith(".xml")] == [
        "m.eml/attachment-1.eml/R-1.xml", "m.eml/b.zip/R-2.xml",
    ]  # fmt: skip


def tnef(*attached: tuple[str, bytes], deep: bytes = b"") -> bytes:
    """A winmail.dat; `deep` is one in a mail within it."""

    def part(level: int, name: int, content: bytes) -> bytes:
        head = struct.pack("<BII", level, name, len(content))
        return head + content + struct.pack("<H", sum(content) & 0xFFFF)

    def long(kind: int, name: int, value: bytes) -> bytes:
        padded = value + bytes(-len(value) % 4)
        return struct.pack("<HHII", kind, name, 1, len(value)) + padded

    whole = _tnef.MAGIC + b"\1\0" + part(1, _tnef.CODEPAGE, struct.pack("<II", 1252, 0))
    for name, data in attached:
        said = long(0x1F, _tnef.LONG_NAME, name.encode("utf-16-le") + b"\0\0")
        number = struct.pack("<HHI", 0x03, 0x3705, 1)
        named = (
            struct.pack("<HH16sII8sII", 0x1E, 0x8001, b"", 1, 7, b"x\0y\0z\0", 1, 1) + b"a\0\0\0"
        )
        whole += part(2, _tnef.BEGIN, bytes(14)) + part(2, _tnef.TITLE, b"R\xc4KNIN~1.XML\0")
        whole += part(2, _tnef.CONTENT, data)
        whole += part(2, _tnef.PROPERTIES, struct.pack("<I", 3) + number + named + said)
    if deep:
        mail_ = long(0x0D, _tnef.OBJECT, _tnef.IS_A_MAIL + deep)
        whole += part(2, _tnef.BEGIN, bytes(14))
        whole += part(2, _tnef.PROPERTIES, struct.pack("<I", 1) + mail_)
    return whole


def test_outlooks_own_packing_gives_its_files_in_a_mail_and_alone() -> None:
    deepest = tnef(("R-9.xml", XML), deep=tnef(("R-0.xml", XML)))
    packed = tnef(("Räkning 1.xml", XML), ("R-2.xml", XML), deep=deepest)
    one = mail()
    one.add_attachment(packed, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    whole, *files = opened("m.eml", one.as_bytes(), "")
    wanted = ["Räkning 1.xml", "R-2.xml", "mail-3/R-9.xml"]
    assert names(files) == [f"m.eml/{name}" for name in wanted]
    assert {piece.data for piece in files} == {XML}
    assert codes(whole) == ["member_empty"]  # A mail in a mail in a mail.
    whole, *files = opened("winmail.dat", packed, "")
    assert (whole.wrapping, names(files)) == ("winmail", [f"winmail.dat/{name}" for name in wanted])


@pytest.mark.parametrize("keep", [4, 7, 40, 90, 200, -20])
def test_a_cut_winmail_is_refused_and_the_rest_of_the_mail_taken(keep: int) -> None:
    one = mail()
    cut = tnef(("R-1.xml", XML), ("R-2.xml", XML))[:keep] + b"\2"
    one.add_attachment(cut, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    one.add_attachment(XML, maintype="application", subtype="xml", filename="R-3.xml")
    whole, *files = opened("m.eml", one.as_bytes(), "")
    assert (codes(whole), names(files)) == (["member_packing"], ["m.eml/R-3.xml"])


def test_a_mail_in_the_mail_is_read_in_base64_too() -> None:
    """RFC 2046 §5.2.1 forbids it, and programs do it."""
    inner = mail()
    inner.add_attachment(XML, maintype="application", subtype="xml", filename="R-1.xml")
    outer = (
        b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(inner.as_bytes()) + b"\n--b--\n"
    )  # fmt: skip
    assert names(opened("m.eml", outer, ""))[-1] == "m.eml/attachment-1.eml/R-1.xml"


@pytest.mark.parametrize(("kind", "taken"), [("xml", ["m.eml/attachment-1.xml"]), ("html", [])])
def test_a_data_file_without_a_name_is_a_file_and_a_body_is_none(
    kind: str, taken: list[str]
) -> None:
    one = mail()
    one.add_attachment(XML.decode(), subtype=kind, disposition="inline")
    assert names(opened("m.eml", one.as_bytes(), "")[1:]) == taken


def test_a_name_under_no_character_set_costs_only_the_name() -> None:
    one = mail()
    one.add_attachment(XML, maintype="application", subtype="xml", filename="R-1.xml")
    odd = one.as_bytes().replace(b'filename="R-1.xml"', b"filename*=a%00''R-1.xml")
    assert names(opened("m.eml", odd, "")) == ["m.eml", "m.eml/attachment-1.xml"]


@pytest.mark.parametrize(
    "data", [b"number;date\n1;2\n", b"Note: text\nMore: text\n\nx", b"", b"From: x"]
)
def test_a_text_is_no_mail(data: bytes) -> None:
    assert wrapping_of(data) == ""


def test_a_mail_of_endless_parts_is_refused() -> None:
    lines = [b"From: a@b.example\r\nMIME-Version: 1.0\r\n"]
    part = 'Content-Type: multipart/mixed; boundary="b{0}"\r\n\r\n--b{0}\r\n'
    lines += [part.format(n).encode() for n in range(3000)]
    (whole,) = opened("m.eml", b"".join(lines), "")
    assert codes(whole) == ["wrapping_refused"]


def test_a_mail_of_mails_without_end_is_refused_beside_a_good_file() -> None:
    good = mail()
    good.add_attachment(XML, maintype="application", subtype="xml", filename="R-1.xml")
    data = good.as_bytes()
    end = b"--%b--" % str(good.get_boundary()).encode()
    deep = b"Content-Type: message/rfc822\n\n" * 400 + b"Subject: x\n\nx\n"
    whole, file = opened("m.eml", data.replace(end, end[:-2] + b"\n" + deep + end), "")
    assert (codes(whole), file.name) == (["member_empty"], "m.eml/R-1.xml")


@pytest.mark.parametrize("filling", [b"a:b\n" * 2_000_000, b"\n--b\n" * 2_000_000])
def test_a_mail_that_would_fill_the_memory_is_refused_before_it_is_parsed(filling: bytes) -> None:
    started = time.process_time()
    head = b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n"
    (whole,) = opened("m.eml", head + filling, "")
    assert codes(whole) == ["wrapping_refused"]
    assert time.process_time() - started < 1


def _with_content(data: bytes, packed: bytes, size: int) -> bytes:
    """The archive with other packed bytes for its first file, and with this size stated."""
    files = zipfile.ZipFile(io.BytesIO(data)).infolist()
    first, second = files[0], files[1]
    begin = 30 + len(first.filename)
    body = bytearray(data[:begin] + packed + data[second.header_offset :])
    moved = len(packed) - first.compress_size
    struct.pack_into("<III", body, 14, zlib.crc32(b"x"), len(packed), size)
    at = body.index(b"PK\x01\x02")
    struct.pack_into("<III", body, at + 16, zlib.crc32(b"x"), len(packed), size)
    other = body.index(b"PK\x01\x02", at + 1)
    struct.pack_into("<I", body, other + 42, second.header_offset + moved)
    end = body.index(b"PK\x05\x06")
    struct.pack_into("<I", body, end + 16, at)
    assert LARGEST_MEMBER < 1 << 30
    return bytes(body)


FILE = bytes(range(256)) * 4_000  # 1 MB, 1.4 in base64.


def heavy() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@acme.example", "in@factor.example", "Papers"
    made.set_content("Two files.")
    made.add_attachment(FILE, maintype="application", subtype="pdf", filename="one.pdf")
    shown = FILE[:-1] + b"!"
    made.add_attachment(shown, "image", "png", cid="<shown>", disposition="inline")
    return made


def test_long_files_of_a_mail_are_whole_and_take_little_room() -> None:
    data = heavy().as_bytes(policy=SMTP)
    tracemalloc.start()
    one, shown = mails.unpack(data, "", Budget())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (one.name, one.data, shown.data) == ("one.pdf", FILE, FILE[:-1] + b"!")
    assert peak < 4 * len(data)  # Read as lines it is seven times as much.
    again = [each.data for each in mails.unpack(data.replace(b"\r\n", b"\n"), "", Budget())]
    assert again == [one.data, shown.data]
    head = b"From: b@acme.example\r\nSubject: Fwd\r\nContent-Type: multipart/mixed; boundary=o\r\n"
    outer = head + b"\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + data + b"\r\n--o--\r\n"
    (within,) = mails.unpack(outer, "", Budget())
    assert [each.data for each in mails.unpack(within.data, "", Budget())] == again
    cut = data[: data.index(b"image/png") - 300]
    (part,) = mails.unpack(cut, "", Budget())
    assert part.data == FILE[: len(part.data)]
    assert len(FILE) - len(part.data) < 1_000


def test_a_file_that_is_not_quite_long_costs_no_more_than_its_length() -> None:
    data = heavy().as_bytes(policy=SMTP).replace(b"A", b"=", 1)  # In two runs.
    almost = data[:900_000] + b"\r\n--:\r\n" + data[900_000:1_700_000]
    begun = time.process_time()

    list(mails.unpack(almost, "", Budget()))

    assert time.process_time() - begun < 1  # By the square it were minutes.
