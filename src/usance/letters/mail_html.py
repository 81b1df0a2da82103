"""The looks of a message: one column of tables that every mail program can draw.

All that matters stands in style attributes, since many programs drop the rest. The one style block
is for those that keep it: darkness, and a telephone's width. Nothing is fetched from elsewhere,
nothing runs, nothing can be clicked: the message is a letter, not a page.

Source: WCAG 2.2 contrast 4.5:1 for each pair of colours, in light and in dark.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from .languages import Paragraph
from .sheet import Row

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_INK, _SOFT, _PAPER, _ROOM, _BOX, _LINE = (
    "#1b232d", "#55606c", "#ffffff", "#f1f4f7", "#f6f8fa", "#d9dfe5",
)  # fmt: skip
_STYLE = """
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:520px){
.room{padding:0!important}.card{border-radius:0!important}.in{padding:24px 20px!important}
.cell{display:block!important;width:auto!important;padding:0 0 12px!important}
.say{display:block!important;padding:6px 0 0!important}
.is{display:block!important;padding:0 0 4px!important}
}
@media (prefers-color-scheme:dark){
.room{background:#0f1419!important}.card{background:#182029!important}
.box{background:#202a35!important}.ink{color:#e8edf2!important}.soft{color:#a9b4c0!important}
.line{border-color:#36424f!important}
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the message says, part by part."""

    language: str
    title: str
    sender: str
    accent: str  # Of the brand that writes, dark enough to be read on white.
    hello: str
    opening: Sequence[Paragraph]
    headline: Sequence[Row]  # What is asked for: the amount, and until when. Shown large.
    rows: Sequence[Row]
    closing: Sequence[Paragraph]
    regards: str
    foot: Sequence[str]


def page(said: Said) -> str:
    """The whole message."""
    parts = (
        _brand(said),
        f'<p class="ink" style="{_p()}">{escape(said.hello)}</p>',
        *map(_paragraph, said.opening),
        _box(said),
        *map(_paragraph, said.closing),
        f'<p class="ink" style="{_p()}">{escape(said.regards)}<br>{escape(said.sender)}</p>',
        _foot(said.foot),
    )
    return (
        f'<!DOCTYPE html><html lang="{escape(said.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">'
        f"<title>{escape(said.title)}</title><style>{_STYLE}</style></head>\n"
        f'<body class="room" style="margin:0;padding:0;background:{_ROOM}">'
        f"{_preview(said.headline)}"
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>\n'
        f'<td class="room" align="center" style="padding:32px 16px;background:{_ROOM}">'
        '<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0"'
        f' border="0" style="max-width:600px;background:{_PAPER};border-radius:10px;'
        f'border-top:4px solid {said.accent}"><tr>\n'
        f'<td class="in" style="padding:32px 36px 28px;text-align:left">{_lines(parts)}</td>'
        "</tr></table></td></tr></table></body></html>\n"
    )


def _p() -> str:
    return f"margin:0 0 16px;{_FONT};font-size:15px;line-height:1.55;color:{_INK}"


def _lines(parts: Iterable[str]) -> str:
    """One below the other: a mail's lines end at 998 octets, and people read sources."""
    return "\n".join(filter(None, parts))


def _preview(headline: Sequence[Row]) -> str:
    """What a list of mails shows beside the subject."""
    if not headline:
        return ""
    text = " · ".join(f"{label}: {value}" for label, value in headline)
    hidden = "display:none;max-height:0;overflow:hidden;mso-hide:all"
    return f'<div style="{hidden}">{escape(text)}</div>\n'


def _brand(said: Said) -> str:
    return (
        f'<p class="ink" style="margin:0 0 24px;{_FONT};font-size:19px;line-height:1.3;'
        f'font-weight:700;color:{said.accent}">{escape(said.sender)}</p>'
    )


def _paragraph(runs: Paragraph) -> str:
    said = "".join(
        f"<strong>{escape(text)}</strong>" if kind == "b" else escape(text) for kind, text in runs
    )
    return f'<p class="ink" style="{_p()}">{said}</p>'


def _box(said: Said) -> str:
    if not (said.headline or said.rows):
        return ""
    large = "".join(
        f'<td class="cell" width="50%" valign="top" style="padding:0 12px 14px 0">'
        f'<div class="soft" style="{_FONT};font-size:13px;color:{_SOFT}">{escape(label)}</div>'
        f'<div class="ink" style="{_FONT};font-size:21px;line-height:1.35;font-weight:700;'
        f'color:{_INK}">{escape(value)}</div></td>\n'
        for label, value in said.headline
    )
    small = "".join(
        f'<tr><td class="say soft" valign="top" style="padding:3px 18px 3px 0;{_FONT};'
        f'font-size:14px;color:{_SOFT}">{escape(label)}</td>\n'
        f'<td class="is ink" valign="top" style="padding:3px 0;{_FONT};font-size:14px;'
        "overflow-wrap:anywhere;word-break:break-word;"
        f'font-weight:600;color:{_INK}">{escape(value)}</td></tr>\n'
        for label, value in said.rows
    )
    return (
        '<table role="presentation" class="box" width="100%" cellpadding="0" cellspacing="0"'
        f' border="0" style="margin:4px 0 20px;background:{_BOX};border-radius:8px"><tr>\n'
        '<td style="padding:18px 20px 14px">'
        + (_table(f"<tr>{large}</tr>") if large else "")
        + (_table(small, "") if small else "")
        + "</td></tr></table>"
    )


def _table(rows: str, width: str = ' width="100%"') -> str:
    return (
        f'<table role="presentation"{width} cellpadding="0" cellspacing="0" border="0">'
        f"{rows}</table>\n"
    )


def _foot(foot: Sequence[str]) -> str:
    lines = "<br>\n".join(map(escape, foot))
    return (
        f'<div class="soft line" style="margin-top:26px;padding-top:14px;border-top:1px solid '
        f'{_LINE};{_FONT};font-size:12px;line-height:1.5;color:{_SOFT}">{lines}</div>'
    )
