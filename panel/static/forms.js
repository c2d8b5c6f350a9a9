// Forms that change something: one request, a question before what cannot be undone, a secret told once, then the page anew.

import { post } from "./api.js";
import { toast } from "./elements.js";

// Forms come inert: a click before this module is there would send them by the browser's own way.
export function wakeForms(main) {
  for (const form of main.querySelectorAll("form[data-post]")) form.inert = false;
}

export function startForms(reloadMain) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-post]");
    if (!form) return;
    event.preventDefault();
    send(form, reloadMain);
  });
}

async function send(form, reloadMain) {
  const { post: path, confirm, secret, said, then } = form.dataset;
  const wrong = form.querySelector(".wrong");
  const control = form.querySelector("[type=submit]");
  if (confirm && !(await ask(form.dataset))) return;
  if (wrong) wrong.hidden = true;
  control.disabled = true;
  try {
    const answer = await post(path, Object.fromEntries(new FormData(form)));
    if (secret) await tell(secret.replace("{email}", answer.email), answer.password);
    if (said) toast(said);
    if (then) location.assign(then);
    else reloadMain();
  } catch (error) {
    if (!wrong) return toast(error.message);
    wrong.textContent = error.message;
    wrong.hidden = false;
  } finally {
    control.disabled = false;
  }
}

async function ask({ confirm, says, yes }) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("h2").textContent = confirm;
  dialog.querySelector("p").textContent = says;
  dialog.querySelector("[value=yes]").textContent = yes;
  return (await shown(dialog)) === "yes";
}

async function tell(title, text) {
  const dialog = document.getElementById("told");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("output").textContent = text;
  await shown(dialog);
  dialog.querySelector("output").textContent = "";
}

function shown(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue), { once: true }));
}
