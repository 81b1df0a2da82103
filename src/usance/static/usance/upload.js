// The drop zone of a batch: what was chosen, too much said before it is sent, and how far the upload is.
document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-upload] input[type=file]");
  if (!field) return;
  const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
  const said = field.closest("form").querySelector("[data-picked-files]");
  said.textContent = field.files.length ? `${field.files.length} · ${(size / 1048576).toFixed(1)} MB` : "";
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.closest("[data-upload]")?.querySelector("[data-progress]");
  if (!bar || !event.detail.lengthComputable) return;
  [bar.hidden, bar.value] = [false, (100 * event.detail.loaded) / event.detail.total];
});
