// Ctrl K: the places of the navigation, and what the server finds for a few words.
const dialog = document.getElementById("palette");
const field = dialog.querySelector("input");
const list = document.getElementById("palette-list");
const places = [...document.querySelectorAll(".nav a")].map((link) => ({
  name: link.querySelector("[data-name]").textContent, kind: dialog.dataset.place, url: link.href,
}));
let asked; // The question under way, so that a slow answer never covers a newer one.
let timer;

function draw(hits) {
  list.replaceChildren(...hits.map((hit, n) => {
    const row = Object.assign(document.createElement("a"), { className: "pop-item", href: hit.url, id: `hit-${n}`, role: "option", tabIndex: -1 });
    row.append(hit.name, Object.assign(document.createElement("small"), { textContent: hit.kind }));
    return row;
  }));
  if (!hits.length) list.append(Object.assign(document.createElement("p"), { className: "quiet p-3", textContent: dialog.dataset.empty, role: "option" }));
  mark(0);
}

function mark(n) {
  const rows = [...list.querySelectorAll("a")];
  if (!rows.length) return field.removeAttribute("aria-activedescendant");
  const at = (n + rows.length) % rows.length;
  rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
  field.setAttribute("aria-activedescendant", rows[at].id);
  rows[at].scrollIntoView({ block: "nearest" });
}

async function find() {
  const words = field.value.trim();
  const near = places.filter((place) => place.name.toLowerCase().includes(words.toLowerCase()));
  if (!words) return draw(places);
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(`${dialog.dataset.search}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" }, signal: asked.signal });
    draw([...near, ...(answer.ok ? (await answer.json()).hits : [])]);
  } catch (broken) {
    if (broken.name !== "AbortError") draw(near);
  }
}

field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, 120);
});

field.addEventListener("keydown", (event) => {
  const rows = [...list.querySelectorAll("a")];
  const now = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(now + 1);
  else if (event.key === "ArrowUp") mark(now - 1);
  else if (event.key === "Enter") rows[now]?.click();
  else if (event.key === "Escape") dialog.close(); // The field would keep the first one, to empty itself.
  else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  dialog.open ? dialog.close() : dialog.showModal();
});

// However it was opened, it begins empty and with the places.
new MutationObserver(() => {
  if (!dialog.open) return;
  field.value = "";
  draw(places);
  field.focus();
}).observe(dialog, { attributeFilter: ["open"] });
list.addEventListener("click", () => dialog.close());
