// The sum of what is ticked beside the amount that it has to be; less where a rest may be left.
const form = document.querySelector("[data-sum-of]");

function told() {
  const digits = Number(form.dataset.exponent);
  const chosen = [...form.querySelectorAll(".pick:checked")].reduce((sum, box) => sum + Number(box.dataset.minor), 0);
  const missing = chosen - Number(form.dataset.sumOf);
  const mayLeave = "rest" in form.dataset;
  const write = (minor) => (minor / 10 ** digits).toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits });
  form.querySelector("[data-sum]").textContent = write(chosen);
  form.querySelector("[data-left]").textContent = write(mayLeave ? 0 - missing : missing);
  form.querySelector("[data-confirm]").disabled = (missing < 0 && !mayLeave) || missing > Number(form.dataset.kept) || chosen === 0;
}

form?.addEventListener("change", told);
if (form) told();
