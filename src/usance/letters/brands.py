"""A brand's colour and logo, checked before they reach the press: both come from a form."""

import base64
import colorsys
import re
import struct

from usance.domain.refusal import Refusal

from .facts import Brand

LARGEST_LOGO = 300_000  # Bytes: it lies in every single letter.
LARGEST_PIXELS = 4_000_000
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"
# What an SVG may not hold: entities, scripts, and pictures that lie elsewhere.
_SVG_REFUSED = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|xlink:href\s*=\s*[\"'](?!#|data:image/)"
    rb"|\shref\s*=\s*[\"'](?!#|data:image/)|@import|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)


class UnusableBrand(Refusal):
    code = "brand_unusable"
    todo = "Give a colour as #RRGGBB and a logo as PNG or plain SVG of at most 300 kB."


def accent(brand: Brand) -> str:
    """The brand's colour, darkened until it can be read on white.

    :raises UnusableBrand: if it is no #RRGGBB.
    Source: WCAG 2.2, contrast 4.5:1.
    """
    if not _HEX.fullmatch(brand.colour):
        raise UnusableBrand(f"{brand.name}: {brand.colour!r} is no colour")
    red, green, blue = (int(brand.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    while _contrast_to_white(red, green, blue) < 4.5:
        light -= 0.02
        red, green, blue = colorsys.hls_to_rgb(hue, light, full)
    return "#" + "".join(f"{round(part * 255):02X}" for part in (red, green, blue))


def logo_svg(brand: Brand) -> str:
    """The logo as SVG text, a PNG wrapped into one. Empty if there is no logo.

    :raises UnusableBrand: for anything but a PNG or an SVG that needs nothing from elsewhere.
    """
    logo = brand.logo
    if not logo:
        return ""
    if len(logo) > LARGEST_LOGO:
        raise UnusableBrand(f"{brand.name}: the logo has {len(logo)} bytes")
    if logo.startswith(_PNG):
        return _wrapped(brand, logo)
    if _SVG_REFUSED.search(logo):
        raise UnusableBrand(f"{brand.name}: the logo's SVG has a DOCTYPE, script or outside link")
    try:
        text = logo.decode()
    except UnicodeDecodeError as broken:
        raise UnusableBrand(f"{brand.name}: the logo is no PNG and no UTF-8 SVG") from broken
    if "<svg" not in text[:2000] or "<text" in text:
        raise UnusableBrand(f"{brand.name}: the logo is no SVG, or has text that is not outlined")
    return text


def _wrapped(brand: Brand, png: bytes) -> str:
    if len(png) < 33 or png[12:16] != b"IHDR":
        raise UnusableBrand(f"{brand.name}: the logo is a broken PNG")
    width, height = struct.unpack(">II", png[16:24])
    if not 0 < width * height <= LARGEST_PIXELS:
        raise UnusableBrand(f"{brand.name}: the logo has {width} x {height} pixels")
    data = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image '
        f'width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _contrast_to_white(*parts: float) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
