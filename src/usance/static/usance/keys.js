// Single letters for lists: j k x Enter, g and a letter, ? for help. Off while typing, and switchable (WCAG 2.1.4).
const help = document.getElementById("keys");
const switched = help.querySelector("[data-keys-switch]");
const typing = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
let going = 0; // When g was pressed, in milliseconds.

switched.checked = localStorage.getItem("keys") !== "off";
switched.addEventListener("change", () => localStorage.setItem("keys", switched.checked ? "on" : "off"));

const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")];
const current = () => document.activeElement.closest("[data-rows] tbody tr");

function move(by) {
  const all = rows();
  if (!all.length) return;
  const next = all[Math.min(Math.max(all.indexOf(current()) + by, 0), all.length - 1)];
  next.tabIndex = -1;
  next.focus();
}

// What says data-key in the current row, or beside all rows: no other row than the one that people look at is ever decided.
function press(key) {
  const named = `[data-key="${CSS.escape(key)}"]`;
  const beside = () => [...document.querySelectorAll(named)].find((at) => !at.closest("[data-rows] tbody"));
  const target = current()?.querySelector(named) ?? beside();
  if (!target) return false;
  target.focus(); // Where a dialog that it opens gives the focus back to.
  if (!target.matches(typing)) target.click();
  return true;
}

function act(key) {
  if (Date.now() - going < 1500) {
    going = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    place?.click();
    return Boolean(place);
  }
  if (key === "g") going = Date.now();
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "x") current()?.querySelector(".pick")?.click();
  else if (key === "?") help.showModal();
  else if (key === "Enter" && current() === document.activeElement) current().querySelector("a")?.click();
  else return key.length === 1 && press(key);
  return key !== "Enter" || current() === document.activeElement;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!switched.checked || event.target.matches(typing) || document.querySelector("dialog[open]")) return;
  if (act(event.key)) event.preventDefault();
});
