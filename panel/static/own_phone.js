// The dialog for an agent's own phone: its number, and that calls come there from the next ring on.

import { wrong } from "./elements.js";

const dialog = document.getElementById("own-phone");
let take = () => {};

// choose(number) moves the calls to that phone; it may refuse with a sentence, which is shown in the dialog.
export function startOwnPhone(choose) {
  take = choose;
  dialog?.querySelector("form").addEventListener("submit", send);
  dialog?.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
}

export function openOwnPhone(shown) {
  const form = dialog.querySelector("form");
  form.number.value = shown;
  wrong(dialog, "");
  dialog.showModal();
  (shown ? form.querySelector("[type=submit]") : form.number).focus();
}

async function send(event) {
  event.preventDefault();
  const control = event.target.querySelector("[type=submit]");
  control.disabled = true;
  wrong(dialog, "");
  try {
    await take(event.target.number.value);
    dialog.close();
  } catch (error) {
    wrong(dialog, error.message);
  } finally {
    control.disabled = false;
  }
}
