"""What a page must keep in a real browser, asked of a Playwright page.

page = open_page("/styleguide", width=320, theme="dark")
assert_clean(page)

A walk goes once, on the telephone, and asks each of its pages in both looks:

page = open_page("/styleguide", **PHONE)
assert_clean_everywhere(page)
"""

# ruff: noqa: E501 - a script for the browser is no clearer when broken up
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).with_name("axe.min.js")
PHONE = {"width": 320, "theme": "dark"}  # How a walk begins whose pages are asked everywhere.
Look = tuple[int, str]  # Width in pixels, theme.
LOOKS: tuple[Look, ...] = ((1440, "light"), (320, "dark"))
# All but its own measure of targets, a third of its time: SMALL is stricter.
ASKED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {"target-size": {"enabled": False}},
    "resultTypes": ["violations"],
    "selectors": False,  # A selector for each element it looks at, which nobody reads: a third.
}

# Runs before any script of the page: what the policy refused, and what a script threw.
WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
window.addEventListener("error", (event) => window.__refused.push(`error ${event.message}`));
window.addEventListener("unhandledrejection", (event) => window.__refused.push(`error ${event.reason}`));
"""

# WCAG 2.5.8: 24 by 24 CSS pixels; a box counts with its label, a link inside a sentence is let off.
SMALL = """
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [tabindex='0']")]
  .filter((at) => at.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((at) => !at.closest("[inert]"))
  .filter((at) => !(getComputedStyle(at).display === "inline" && at.parentElement.textContent.trim() !== at.textContent.trim()))
  .map((at) => [at, (at.matches("input") && at.closest("label") || at).getBoundingClientRect()])
  .filter(([at, box]) => box.width > 1 && box.height > 1 && (box.width < 23.5 || box.height < 23.5))
  .map(([at, box]) => `${at.outerHTML.slice(0, 120)} is ${box.width.toFixed(0)}x${box.height.toFixed(0)}`)
"""

# Colours fade from one look into the other: axe would read a shade between them.
SETTLE = """
() => document.getAnimations()
  .filter((at) => at.effect.getComputedTiming().iterations !== Infinity)
  .forEach((at) => at.finish())
"""

# What sticks out to the right, where the page as a whole can be scrolled sideways.
WIDE = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((at) => at.getBoundingClientRect().right > width + 0.5 && !at.closest(".scroll, .views, .steps-row, .side"))
    .map((at) => at.outerHTML.slice(0, 120)).concat(`page is ${document.scrollingElement.scrollWidth} wide`);
}
"""

# Tab through the page: is what has the focus ever wholly under something that sticks (WCAG 2.4.11)?
HIDDEN = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const shown = [box.top + 2, box.top + box.height / 2, box.bottom - 2].some((y) => {
    const top = document.elementFromPoint(x, y);
    return top && (at.contains(top) || top.contains(at) || top.closest("label")?.contains(at));
  });
  return shown ? null : at.outerHTML.slice(0, 160);
}
"""


def faults(page: Page) -> list[str]:
    """Everything wrong with the page, in words; empty when it is clean."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(asked) => axe.run(document, asked)", ASKED)
    return [
        *(f"refused: {what}" for what in page.evaluate("window.__refused")),
        *(
            f"axe {rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ),
        *(f"scrolls sideways: {what}" for what in page.evaluate(WIDE)),
        *(f"too small: {what}" for what in page.evaluate(SMALL)),
    ]


def assert_clean(page: Page) -> None:
    """No policy violation, no script error, nothing for axe, no sideways scroll, no tiny target."""
    found = faults(page)
    assert not found, "\n".join(found)


def assert_clean_everywhere(page: Page, looks: Iterable[Look] = LOOKS) -> None:
    """The same at a desk by day and on a telephone at night, where the page is left."""
    found = []
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLE)
        found += [f"{width} {theme}: {what}" for what in faults(page)]
    assert not found, "\n".join(found)


def hidden_focus(page: Page, *, steps: int) -> list[str]:
    """Elements that had the focus while something lay over them, pressing Tab so many times."""
    found = []
    for _ in range(steps):
        page.keyboard.press("Tab")
        hidden = page.evaluate(HIDDEN)
        if hidden:
            found.append(hidden)
    return found
