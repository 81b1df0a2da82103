// The review of a document: Tab walks through what is doubtful, Enter accepts, Ctrl Enter confirms; the page follows.
const form = document.querySelector("[data-review]");
const fields = () => [...form.querySelectorAll("[data-field] .input")];
const seen = (name) => form.querySelector(`input[name=seen][value="${CSS.escape(name)}"]`);
let zoom = Number(sessionStorage.getItem("review-zoom")) || 100; // Per cent of the width that there is.

for (const sure of form.querySelectorAll("[data-sure]")) sure.tabIndex = -1; // Arrow keys still reach them.
const doubtful = () => fields().filter((at) => at.tabIndex !== -1 && !seen(at.name));

function scale() {
  document.querySelector("[data-sheet]")?.setAttribute("width", `${zoom}%`);
  sessionStorage.setItem("review-zoom", zoom);
}

// Show where the field stands: on its page, in the middle of what can be seen.
function point(name) {
  const held = document.querySelector(".reader-sheet");
  for (const box of held?.querySelectorAll("[data-for]") ?? []) box.toggleAttribute("data-now", box.dataset.for === name);
  const box = held?.querySelector("[data-now]");
  if (!box) return;
  const [at, around] = [box.getBoundingClientRect(), held.getBoundingClientRect()];
  if (at.top < around.top || at.bottom > around.bottom) held.scrollTop += at.top - around.top - around.height / 2;
  if (at.left < around.left || at.right > around.right) held.scrollLeft += at.left - around.left - around.width / 2;
}

function accept(field) {
  if (!seen(field.name)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "seen", value: field.name }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  const all = fields();
  const rest = doubtful();
  (rest.find((at) => all.indexOf(at) > all.indexOf(field)) ?? rest[0] ?? form.querySelector("[data-confirm]")).focus();
}

form.addEventListener("keydown", (event) => {
  const field = event.target.closest("[data-field] .input");
  if (event.key === "Escape" && event.target !== document.body) event.target.blur();
  if (!field || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter") accept(field);
  else if (step && !field.list) fields()[fields().indexOf(field) + step]?.focus();
  else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-confirm]"));
});

form.addEventListener("focusin", (event) => {
  const holder = event.target.closest("[data-field]");
  if (!holder) return;
  const on = holder.dataset.on;
  if (on && on !== document.querySelector("[data-sheet]")?.dataset.sheet) document.querySelector(`[data-page="${on}"]`)?.click();
  point(holder.dataset.field);
});

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-for]");
  if (box) document.getElementById(`f-${box.dataset.for}`)?.focus();
  const by = event.target.closest?.("[data-zoom]")?.dataset.zoom;
  if (by) {
    zoom = by === "fit" ? 100 : Math.min(Math.max(zoom + (by === "+" ? 25 : -25), 50), 400);
    scale();
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "page" && !document.querySelector("[data-sheet]")) return;
  scale();
  point(document.activeElement.closest("[data-field]")?.dataset.field);
});

scale();
const first = [...form.querySelectorAll("select, #client-field input, #debtor-field :checked, [data-field] .input")];
first.find((at) => at.tabIndex !== -1 && !seen(at.name))?.focus({ preventScroll: true });
