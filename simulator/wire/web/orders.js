// The two forms, and what they ask of the simulator.
import { at, h } from "./dom.js";
import { HARMS } from "./notes.js";
import { number, short } from "./words.js";

const NEEDS = { seconds: ["duplicate", "delay", "slow"], status: ["status"] };

export async function order(method, path, data) {
  const reply = await fetch(`/console/sim/${path}`, { method, headers: { "Content-Type": "application/json" }, body: data && JSON.stringify(data) })
    .catch(() => { throw new Error("The simulator does not answer. Is it running?"); });
  const answer = await reply.json();
  if (!reply.ok) throw new Error(answer.error);
  return answer;
}

// Where there is little room the forms are folded away until somebody wants them.
export function foldWhenNarrow() {
  if (matchMedia("(max-width: 720px)").matches) for (const card of document.querySelectorAll(".orders details")) card.open = false;
}

export function setUpDial(act) {
  const form = at("dial");
  form.onsubmit = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const call = { to: given.to, from: given.from.trim(), press: given.press.split(",").map((part) => part.trim()).filter(Boolean) };
    if (given.hangup.trim()) call.hangup = given.hangup.trim();
    tell(form, async () => {
      const { sid } = await order("POST", "calls", call);
      await act.look();
      return ["It rings: ", h("button", { type: "button", class: "sid", onclick: () => act.onlyCall(sid) }, short(sid))];
    });
  };
}

export function showNumbers(numbers) {
  const select = at("to");
  if (select.dataset.shown === JSON.stringify(numbers)) return;
  select.dataset.shown = JSON.stringify(numbers);
  select.replaceChildren(...numbers.map(({ e164, name }) => h("option", { value: e164 }, name && name !== e164 ? `${number(e164)}, ${name}` : number(e164))));
  at("dial").querySelector(".big").disabled = numbers.length === 0;
  if (numbers.length === 0) at("dial").querySelector(".told").textContent = "The account has no numbers: add one to its file and start again.";
}

export function setUpFaults(act) {
  const form = at("fault");
  const { where, harm } = form.elements;
  const offer = () => {
    harm.replaceChildren(...Object.entries(HARMS[where.value]).map(([value, words]) => h("option", { value }, words)));
    ask();
  };
  const ask = () => {
    for (const label of form.querySelectorAll("[data-for]")) label.hidden = !NEEDS[label.dataset.for].includes(harm.value);
  };
  where.onchange = offer;
  harm.onchange = ask;
  offer();
  form.onsubmit = (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const fault = { where: given.where, harm: given.harm, path: given.path.trim(), times: given.times ? Number(given.times) : null };
    for (const name of ["seconds", "status"]) if (NEEDS[name].includes(given.harm)) fault[name] = Number(given[name]);
    tell(form, async () => { await order("POST", "faults", fault); await act.look(); return ["Ordered."]; });
  };
  at("mend").onclick = () => tell(form, async () => { await order("DELETE", "faults"); await act.look(); return ["All faults are taken back."]; });
}

async function tell(form, deed) {
  const told = form.querySelector(".told");
  try {
    told.replaceChildren(...await deed());
    told.classList.remove("wrong");
  } catch (error) {
    told.textContent = error.message;
    told.classList.add("wrong");
  }
}
