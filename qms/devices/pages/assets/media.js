/** Says before a file is sent that it is too large, and while it is sent that it is under way. */

const MEGABYTE = 1_000_000;

/** @param {HTMLFormElement} form */
function watch(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input[type="file"]'));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type="submit"]'));
  input.addEventListener("change", () => {
    const [file] = input.files || [];
    const most = Number(file?.type.startsWith("video/") ? form.dataset.video : form.dataset.picture);
    const tooLarge = file !== undefined && file.size > most * MEGABYTE;
    input.setCustomValidity(tooLarge ? (form.dataset.tooLarge || "").replace("{most}", String(most)) : "");
    input.reportValidity();
  });
  form.addEventListener("submit", () => {
    button.disabled = true;
    button.textContent = form.dataset.sending || "";
  });
}

for (const form of document.querySelectorAll(".media-form")) watch(/** @type {HTMLFormElement} */ (form));

// A page that the browser brings back as it was has forms to be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
