// The debtor's page tells that it stands on a screen: once, a moment after a visible window drew it.
const form = document.querySelector("[data-seen]");
const AFTER = 1200; // Milliseconds: who fetches pages for others does not wait.

function tell() {
  if (document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", wait);
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  fetch(form.dataset.seen, { method: "POST", body, credentials: "same-origin" }).then((answer) => answer.text());
}

function wait() {
  if (document.visibilityState === "visible") setTimeout(tell, AFTER);
}

if (form) {
  document.addEventListener("visibilitychange", wait);
  wait();
}
