// The dialog for calling a customer: for which merchant, which number, and under which number of ours.

import { get } from "./api.js";
import { h, wrong } from "./elements.js";

const dialog = document.getElementById("dial");
let call = () => {};

// dial(merchant, number, line) makes the call; it may refuse with a sentence, which is shown in the dialog.
export function startDialling(dial) {
  call = dial;
  dialog?.querySelector("form").addEventListener("submit", send);
  dialog?.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
  dialog?.querySelector("[name=merchant]").addEventListener("change", showLines);
}

// `wanted` is empty, or a merchant's id and a number with a space between.
export async function openDialling(wanted = "") {
  const [merchant, number] = wanted.split(" ");
  const form = dialog.querySelector("form");
  const { lines } = await get("/api/lines");
  form.lines = lines;
  wrong(dialog, "");
  // Calling for the wrong shop is the worst mistake here: with several, none is chosen beforehand.
  const none = lines.length > 1 && !merchant ? [h("option", { value: "", disabled: true, selected: true }, "Choose the shop")] : [];
  form.merchant.replaceChildren(...none, ...lines.map((one) => h("option", { value: one.merchant.id }, one.merchant.name)));
  if (merchant) form.merchant.value = merchant;
  form.merchant.closest("label").hidden = lines.length < 2;
  form.number.value = number ?? "";
  showLines();
  if (!lines.length) wrong(dialog, "None of your merchants has a number to call from.");
  dialog.showModal();
  (number ? form.querySelector("[type=submit]") : form.merchant.value ? form.number : form.merchant).focus();
}

function showLines() {
  const form = dialog.querySelector("form");
  const chosen = form.lines.find((one) => one.merchant.id === form.merchant.value);
  const numbers = chosen?.numbers ?? [];
  form.line.replaceChildren(...numbers.map((one) => h("option", { value: one.number }, one.shown)));
  form.line.closest("label").hidden = numbers.length < 2;
  dialog.querySelector(".as").hidden = !chosen;
  dialog.querySelector(".as b").textContent = chosen ? `${chosen.merchant.name}${numbers.length === 1 ? `, ${numbers[0].shown}` : ""}` : "";
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const control = form.querySelector("[type=submit]");
  control.disabled = true;
  wrong(dialog, "");
  try {
    await call(form.merchant.value, form.number.value, form.line.value);
    dialog.close();
  } catch (error) {
    wrong(dialog, error.message);
  } finally {
    control.disabled = false;
  }
}
