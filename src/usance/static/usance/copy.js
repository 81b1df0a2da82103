// Buttons that copy an account, a reference, an amount. Without a clipboard they stay away.
const AFTER = 2500; // Milliseconds that a button says that it copied.

for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const says = button.querySelector("[data-says]");
  const name = says.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    says.textContent = button.dataset.copied;
    setTimeout(() => { says.textContent = name; }, AFTER);
  });
}
