// The dialog that hands the caller on, at once or after asking: to a colleague, a queue, or a number that is typed.

import { get, post } from "./api.js";
import { tick } from "./clock.js";
import { h, icon, readable, since, wrong } from "./elements.js";
import { label } from "./status_view.js";

const dialog = document.getElementById("send");
let call = null;
let targets = { agents: [], queues: [] };

export function startSending() {
  dialog?.querySelector("[value=cancel]").addEventListener("click", () => dialog.close());
  dialog?.querySelector("[name=find]").addEventListener("input", draw);
  dialog?.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  dialog?.querySelector(".targets").addEventListener("click", choose);
}

export async function openSending(talk) {
  call = talk;
  targets = await get(`/api/calls/${talk.call_id}/targets`);
  dialog.querySelector("[name=find]").value = "";
  dialog.querySelector(".whom").textContent = `${talk.caller} · ${talk.merchant.name}`;
  wrong(dialog, "");
  draw();
  dialog.showModal();
  dialog.querySelector("[name=find]").focus();
}

// The talk ended, or is another one: what is chosen here would mean somebody else.
export function closeSending(talk) {
  if (dialog?.open && talk?.call_id !== call.call_id) dialog.close();
}

function draw() {
  const wanted = dialog.querySelector("[name=find]").value.trim();
  const fits = (name) => name.toLowerCase().includes(wanted.toLowerCase());
  const rows = [
    ...targets.agents.filter((one) => fits(one.name)).map(agentRow),
    ...targets.queues.filter((one) => fits(readable(one.name))).map(queueRow),
    ...(/\d{3}/.test(wanted.replace(/[^\d]/g, "")) ? [row("number", wanted, "phone", wanted, "An outside number")] : []),
  ];
  dialog.querySelector(".targets").replaceChildren(...(rows.length ? rows : [h("li", { class: "none" }, "Nobody of that name is on shift. Type a whole number to send the caller outside.")]));
  tick();
}

function agentRow(one) {
  const free = one.state === "available";
  const state = h("span", { class: "state", "data-state": one.state }, h("span", { class: "lamp" }), label(one), " ", since(one.since_at));
  return row("agent", one.id, "desk", one.name, state, !free);
}

function queueRow(one) {
  const free = one.free === 1 ? "1 agent available" : `${one.free || "no"} agents available`;
  return row("queue", one.name, "people", readable(one.name), `Queue · ${free}`);
}

function row(to, target, picture, name, note, disabled = false) {
  const way = (how, words, kind = "") => h("button", { type: "button", class: `button ${kind}`.trim(), "data-how": how, "data-to": to, "data-target": target, disabled, "aria-label": `${words}: ${name}` }, words);
  return h("li", {}, icon(picture), h("div", {}, h("b", {}, name), h("span", { class: "note" }, note)), h("div", { class: "ways" }, way("ask", "Ask first"), way("send", "Send")));
}

async function choose(event) {
  const control = event.target.closest("[data-to]");
  if (!control) return;
  wrong(dialog, "");
  control.disabled = true;
  try {
    await post(`/api/calls/${call.call_id}/${control.dataset.how}`, { to: control.dataset.to, target: control.dataset.target });
    dialog.close();
  } catch (error) {
    control.disabled = false;
    wrong(dialog, error.message);
  }
}
