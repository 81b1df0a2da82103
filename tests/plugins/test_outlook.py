"""Mails that Outlook saved: what is attached is taken, whatever is wrong with them is said."""

import pytest

from tests.plugins.outlook import attachment, message, written
from usance.plugins.wrappings import outlook
from usance.plugins.wrappings._opened import opened, wrapping_of

XML = b'<?xml version="1.0"?><Invoice/>'
LARGE = b"%PDF-1.7\n" + bytes(range(256)) * 400  # Beyond the small streams.


def taken(*attached: object) -> tuple[list[str], list[str]]:
    """Names of what is taken out, and the codes of what is refused."""
    whole, *files = opened("m.msg", written(message(*attached)), "")
    assert whole.wrapping == "outlook"
    return [one.name for one in files], [found.code for found in whole.findings]


def test_files_come_out_byte_for_byte_small_and_large() -> None:
    data = written(message(attachment("Räkning 1.xml", XML), attachment("scan.pdf", LARGE)))
    whole, first, second = opened("m.msg", data, "")
    assert (whole.wrapping, whole.media_type) == ("outlook", "application/vnd.ms-outlook")
    assert (first.name, first.data, first.media_type) == (
        "m.msg/Räkning 1.xml", XML, "application/xml",
    )  # fmt: skip
    assert (second.data, second.media_type) == (LARGE, "application/pdf")


def test_a_name_of_an_old_outlook_is_read_in_its_code_page() -> None:
    assert taken(attachment("Räkning.xml", XML, is_short=True)) == (["m.msg/Räkning.xml"], [])


def test_a_mail_in_the_mail_is_opened_and_one_within_that_is_not() -> None:
    deepest = attachment("deepest", message(attachment("c.xml", XML), top=False), method=5)
    inner = attachment("inner", message(attachment("b.xml", XML), deepest, top=False), method=5)
    names, codes = taken(attachment("a.xml", XML), inner)
    assert (names, codes) == (["m.msg/a.xml", "m.msg/mail-2/b.xml"], ["member_empty"])


def test_logos_and_what_programs_add_are_left_and_links_and_objects_are_said() -> None:
    names, codes = taken(
        attachment("logo.png", b"\x89PNG", kind="image/png", cid="logo@x", flags=4),
        attachment("smime.p7s", b"sig", kind="application/pkcs7-signature"),
        attachment("scan.png", b"\x89PNG", kind="image/png"),
        attachment("chart", {"CONTENTS": b"x"}, method=6),
        attachment("there.pdf", b"", method=7),
        attachment("winmail.dat", b"x", kind="application/ms-tnef"),
        attachment("../../x.xml", XML),
    )
    assert names == ["m.msg/scan.png", "m.msg/x.xml"], "a path is never part of a name"
    assert codes == ["member_empty", "member_empty", "member_packing"]


def test_two_files_of_one_name_are_both_taken() -> None:
    names, _ = taken(attachment("image.jpg", b"1"), attachment("image.jpg", b"2"))
    assert names == ["m.msg/image.jpg", "m.msg/2-image.jpg"]


@pytest.mark.parametrize("keep", [600, 1500, -300])
def test_a_file_that_was_cut_is_refused_and_the_next_one_opened(keep: int) -> None:
    data = written(message(attachment("a.xml", XML), attachment("b.pdf", LARGE)))
    (whole, *_) = opened("m.msg", data[:keep].ljust(700, b"\0") + outlook.OF_MAILS, "")
    assert [one.code for one in whole.findings] == ["wrapping_refused"]
    assert taken(attachment("a.xml", XML))[0] == ["m.msg/a.xml"]


def test_streams_in_a_circle_end() -> None:
    """The table of sectors says that each follows itself."""
    data = bytearray(written(message(attachment("b.pdf", LARGE))))
    at = int.from_bytes(data[76:80], "little")  # The first sector of the table.
    for place in range(100):
        offset = 512 * (at + 1) + 4 * place
        data[offset : offset + 4] = place.to_bytes(4, "little")
    whole, *files = opened("m.msg", bytes(data), "")
    assert all(one.data != LARGE for one in files)
    assert whole.findings or len(files) == 1


def test_an_old_document_is_no_mail_and_one_with_a_mail_in_it_says_so() -> None:
    assert wrapping_of(written({"WordDocument": b"text"})) == ""
    held = {"WordDocument": b"text", "ObjectPool": {"_1": message(attachment("a.xml", XML))}}
    (whole,) = opened("a.doc", written(held), "")
    assert [one.says for one in whole.findings] == [
        "It is an Outlook file, but no mail; save the mail itself."
    ]
