// The frame: menu on small screens, dialogs, theme, toasts, ticked rows, files dropped, what htmx could not do.
const root = document.documentElement;
const side = document.getElementById("side");
const opener = document.querySelector('[data-drawer="open"]');

function drawer(open) {
  side.toggleAttribute("data-open", open);
  opener.setAttribute("aria-expanded", String(open));
  side.nextElementSibling.inert = open;
  (open ? side.querySelector("[data-drawer]") : opener).focus();
}

function toast(says) {
  const card = Object.assign(document.createElement("div"), { className: "toast-card" });
  card.append(Object.assign(document.createElement("p"), { textContent: says }));
  card.dataset.toast = "";
  document.getElementById("toasts").append(card);
}

// Ten seconds to undo; the clock stands still while the pointer or the focus is on the card.
function expire(card) {
  let left = 10;
  const clock = setInterval(() => {
    if (!card.isConnected) clearInterval(clock);
    else if (!card.matches(":hover, :focus-within") && --left <= 0) card.remove();
  }, 1000);
}

// Tabs that do not fit scroll sideways: the one that is here is in sight, and the page stays where it is.
for (const here of document.querySelectorAll(".views [aria-current]")) {
  const row = here.parentElement;
  row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - here.clientWidth) / 2;
}

const toasts = document.getElementById("toasts");
toasts.querySelectorAll("[data-toast]").forEach(expire);
new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.dataset && "toast" in node.dataset) expire(node);
}).observe(toasts, { childList: true });

document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  if (at("[data-drawer]")) {
    event.preventDefault();
    drawer(at("[data-drawer]").dataset.drawer === "open");
  } else if (side?.hasAttribute("data-open") && !side.contains(event.target)) drawer(false);
  if (at("[data-opens]")) {
    event.preventDefault();
    at("[popover]")?.hidePopover();
    const sheet = document.getElementById(at("[data-opens]").dataset.opens);
    sheet.showModal();
    sheet.querySelector("form .sheet-body :is(input:not([type=hidden]), select, textarea)")?.focus(); // Not the cross above it.
  }
  if (at("[data-closes]")) at("dialog, [data-toast]").tagName === "DIALOG" ? at("dialog").close() : at("[data-toast]").remove();
  if (event.target.matches?.("dialog")) {
    const box = event.target.getBoundingClientRect();
    if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) event.target.close();
  }
  if (at("[data-toast-says]")) toast(at("[data-toast-says]").dataset.toastSays);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && side?.hasAttribute("data-open")) drawer(false);
});

document.querySelector("[data-theme-form]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const chosen = event.submitter;
  chosen.dataset.look ? (root.dataset.theme = chosen.dataset.look) : delete root.dataset.theme;
  for (const button of form.querySelectorAll("[data-look]")) button.setAttribute("aria-pressed", String(button === chosen));
  fetch(form.action, { method: "POST", body: new FormData(form, chosen), redirect: "manual" }).catch(() => toast("The theme was not kept: no connection."));
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-pick-all]");
  const scope = event.target.closest("form") ?? event.target.closest("table");
  if (!scope || !(all || event.target.matches(".pick"))) return;
  const boxes = [...scope.querySelectorAll(".pick")];
  if (all) boxes.forEach((box) => (box.checked = all.checked));
  const picked = boxes.filter((box) => box.checked).length;
  const head = scope.querySelector("[data-pick-all]");
  if (head) [head.checked, head.indeterminate] = [picked === boxes.length, picked > 0 && picked < boxes.length];
  const bar = scope.querySelector("[data-bulk]");
  if (bar) [bar.hidden, bar.querySelector("[data-picked]").textContent] = [picked === 0, picked];
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.("[data-drop]");
    if (!zone) return;
    event.preventDefault();
    zone.toggleAttribute("data-over", kind === "dragover");
    if (kind !== "drop") return;
    const field = zone.querySelector("input[type=file]");
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.addEventListener("htmx:responseError", (event) => toast(`That did not work (${event.detail.xhr.status}). Nothing was changed.`));
document.addEventListener("htmx:sendError", () => toast("No connection. Nothing was sent."));
