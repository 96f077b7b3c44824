/** The hours of a day: the task against robots is solved while the person looks, and sent along with the choice. */

import { solve } from "./solve.js";

const FRESH_MS = 15 * 60 * 1000;

const form = /** @type {HTMLFormElement} */ (document.getElementById("hold"));
const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("challenge"));
const said = /** @type {HTMLElement} */ (document.getElementById("hold-said"));

let begun = 0;
/** @type {Promise<string>} */
let solution = Promise.resolve("");
let ready = false;

async function fetched() {
  const answer = await fetch(form.dataset.challenge || "");
  return answer.ok ? solve(await answer.json()) : "";
}

function begin() {
  begun = Date.now();
  // Without a solution the person is asked to prove themselves by e-mail instead.
  solution = fetched().catch(() => "");
}

form.addEventListener("submit", async (event) => {
  if (ready) return;
  event.preventDefault();
  const pressed = event.submitter;
  if (!(pressed instanceof HTMLButtonElement) || pressed.dataset.busy) return;
  pressed.dataset.busy = "true";
  said.textContent = form.dataset.wait || "";
  if (Date.now() - begun > FRESH_MS) begin();
  field.value = await solution;
  // A form that is just being sent does not let itself be sent again.
  await new Promise((later) => setTimeout(later));
  ready = true;
  form.requestSubmit(pressed);
});

// Shown again by the back button: what was solved is spent, and hours may be gone.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

begin();
