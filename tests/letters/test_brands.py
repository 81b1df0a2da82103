"""A brand comes from a form: what cannot be printed or should not be opened is refused."""

import base64
from dataclasses import replace

import pytest

from usance.letters import render
from usance.letters.brands import UnusableBrand, accent, logo_svg

from . import samples

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%s</svg>'


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#12345G", '#123456"', "#1234567"])
def test_a_colour_is_six_hexadecimal_digits(colour: str) -> None:
    with pytest.raises(UnusableBrand):
        accent(replace(samples.NORDHAV, colour=colour))


def test_a_dark_colour_is_kept_and_a_light_one_darkened() -> None:
    assert accent(samples.NORDHAV) == "#0B6E5F"
    assert accent(replace(samples.NORDHAV, colour="#FFFF00")) not in {"#FFFF00", "#000000"}
    assert accent(replace(samples.NORDHAV, colour="#FFFFFF")) == accent(
        replace(samples.NORDHAV, colour="#FFFFFF")
    )


@pytest.mark.parametrize("logo", [DOT, SVG % b'<rect width="9" height="9"/>', samples.LOGO])
def test_png_and_svg_logos_print(logo: bytes) -> None:
    letter = samples.german(1)
    brand = replace(letter.client, logo=logo)
    pdf = render("invoice", "de", replace(letter, client=brand, factor=replace(brand, name="F")))
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "logo",
    [
        b"GIF89a",
        b"\xff\xd8\xff\xe0 JPEG",
        DOT[:20],
        DOT[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + DOT[24:],  # 65,536 pixels square.
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % b"",
        SVG % b'<image href="/etc/passwd"/>',
        SVG % b'<image href="https://example.org/a.png"/>',
        SVG % b"<image xlink:href='file:///etc/passwd'/>",
        SVG % b"<script>alert(1)</script>",
        SVG % b"<style>@import url(x)</style>",
        SVG % b"<text>not outlined</text>",
        SVG % (b" " * 300_001),
    ],
)
def test_a_logo_that_needs_anything_from_elsewhere_is_refused(logo: bytes) -> None:
    with pytest.raises(UnusableBrand):
        logo_svg(replace(samples.NORDHAV, logo=logo))
