// What a supervisor can do from the floor: to an agent, and to a caller who waits. Whatever ends something asks first.

import { get, post } from "./api.js";
import { serverNow, tick } from "./clock.js";
import { h, icon, readable, since, toast, wrong } from "./elements.js";
import { isPressed } from "./pressed.js";
import { BUSY, REASONS, label } from "./status_view.js";

// Ears: { hear(call, heard) }. Returns what is called with each snapshot, so that an open dialog never means another state.
export function floorDeeds(main, ear) {
  const dialog = main.querySelector("#floor-deeds");
  let subject = null; // { kind, id, mark }
  let asked = null; // the deed that waits for a yes
  let targets = null;
  let row = null;

  dialog.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  dialog.addEventListener("close", () => { subject = asked = targets = row = null; });
  dialog.addEventListener("click", (event) => {
    const control = event.target.closest("[data-deed]");
    if (control) act(control);
  });

  async function act(control) {
    const [what, detail] = control.dataset.deed.split(":");
    if (what === "close") return dialog.close();
    if (what === "back" && subject.kind === "callback") return dialog.close();
    if (what === "back") { asked = null; return draw(); }
    if (what === "ask") { asked = detail; return draw(); }
    wrong(dialog, "");
    control.disabled = true;
    try {
      const answer = await deeds[what](detail);
      if (answer?.said) toast(answer.said);
      dialog.close();
    } catch (error) {
      control.disabled = false;
      wrong(dialog, error.message);
    }
  }

  const agents = (path, body) => post(`/api/floor/agents/${subject.id}/${path}`, body);
  const deeds = {
    hear: (heard) => ear.hear(row.with.call_id, heard),
    state: (state) => agents("state", { state }),
    away: (reason) => agents("state", { state: "away", reason }),
    finish: (what) => agents("finish", { what, call: row.with?.call_id ?? "" }),
    free: () => agents("free"),
    cancel: () => post(`/api/floor/callbacks/${subject.id}/cancel`),
    "to-agent": (target) => post(`/api/floor/callers/${subject.id}/move`, { to: "agent", target }),
    "to-queue": (target) => post(`/api/floor/callers/${subject.id}/move`, { to: "queue", target }),
  };

  async function open(control, floor) {
    const [kind, id] = control.dataset.open.split(":");
    subject = { kind, id };
    row = find(floor);
    if (!row) return;
    subject.mark = mark(row);
    if (kind === "callback") asked = "callback";
    if (kind === "caller") {
      try {
        targets = await get(`/api/floor/callers/${id}/targets`);
      } catch (error) {
        return toast(error.message);
      }
    }
    wrong(dialog, "");
    draw();
    dialog.showModal();
  }

  const find = (floor) => subject.kind === "agent"
    ? floor.agents.find((one) => one.id === subject.id)
    : subject.kind === "callback" ? floor.callbacks.find((one) => one.id === subject.id)
    : floor.waiting.find((one) => one.call_id === subject.id);
  const mark = (one) => subject.kind === "callback" ? `${one.state === "dialling"}` : subject.kind === "agent" ? `${one.state} ${one.with?.call_id}` : `${one.queue} ${one.state === "connecting"}`;

  function follow(floor) {
    if (!dialog.open) return;
    const was = JSON.stringify(row);
    row = find(floor);
    const isOther = !row || mark(row) !== subject.mark;
    if (isOther && (!row || asked)) return dialog.close(); // what was asked about is over
    subject.mark = mark(row);
    if (!asked && JSON.stringify(row) !== was) drawAgain();
  }

  // A desk that says for some seconds that there is a call, and there is none, can be set free: nobody tells of that moment.
  setInterval(() => { if (dialog.open && !asked && subject.kind === "agent" && hangs(row) !== subject.hangs && !isPressed(() => {})) drawAgain(); }, 1000);

  function drawAgain() {
    const focused = document.activeElement?.dataset.deed;
    draw();
    if (focused) dialog.querySelector(`[data-deed="${CSS.escape(focused)}"]`)?.focus();
  }

  function draw() {
    if (subject.kind === "agent") subject.hangs = hangs(row);
    dialog.querySelector("h2").textContent = asked ? QUESTIONS[asked].title(row) : subject.kind === "agent" ? row.name : `Move ${row.caller}`;
    dialog.querySelector(".whom").replaceChildren(...(asked ? [QUESTIONS[asked].says(row)] : subject.kind === "agent" ? agentSaid(row) : callerSaid(row)));
    dialog.querySelector(".choices").replaceChildren(...(asked ? [] : subject.kind === "agent" ? agentChoices(row) : callerChoices(row, targets)));
    const yes = asked ? [h("button", { type: "button", class: "button end", "data-deed": QUESTIONS[asked].deed }, QUESTIONS[asked].yes)] : [];
    dialog.querySelector(".doings").replaceChildren(h("button", { type: "button", class: "button", "data-deed": asked ? "back" : "close" }, asked ? "Back" : "Close"), ...yes);
    tick();
  }

  return { open, follow };
}

const QUESTIONS = {
  ring: { title: (row) => `Take the ring back from ${row.name}?`, says: () => "The caller keeps the place, and somebody else is rung.", yes: "Take it back", deed: "finish:ring" },
  talk: { title: (row) => `End the call of ${row.name}?`, says: (row) => `${row.with.caller} and ${row.name} are cut off. The call goes on as its flow says after a talk.`, yes: "End the call", deed: "finish:talk" },
  wrap_up: { title: (row) => `End the wrap-up of ${row.name}?`, says: () => "The time for notes is over, and the next call may ring.", yes: "End the wrap-up", deed: "finish:wrap_up" },
  offline: { title: (row) => `Sign ${row.name} out?`, says: (row) => [...BUSY, "wrap_up"].includes(row.state) ? "When the present call is done, the shift is over." : "The shift is over. No call comes until it is started again.", yes: "Sign out", deed: "state:offline" },
  callback: { title: (row) => `Do not call ${row.caller} back?`, says: (row) => `The customer was promised a callback in ${readable(row.queue)} and is not told that it is off.`, yes: "Cancel the callback", deed: "cancel" },
  free: { title: (row) => `Set ${row.name} free?`, says: () => "The desk says that there is a call, and there is none.", yes: "Set free", deed: "free" },
};

function agentSaid(row) {
  const by = row.set_by ? `, set by ${row.set_by}` : "";
  const call = row.with ? ` · ${row.with.caller}` : row.elsewhere ? " · another merchant's caller" : "";
  return [label(row), by, row.state === "offline" ? "" : " · ", row.state === "offline" ? "" : since(row.since_at), call];
}

function agentChoices(row) {
  const talk = row.with?.is_talk;
  const later = ["ringing", "on_call", "on_hold"].includes(row.state);
  return [
    talk ? group("In the talk", deed("hear:listening", "Listen", "wave"), deed("hear:coaching", "Coach", "people"), deed("hear:barged", "Barge in", "microphone")) : "",
    group(later ? "State after the call" : "State",
      deed("state:available", "Available", "check", row.state === "available" || (later && !row.next_state)),
      ...REASONS.map((reason) => deed(`away:${reason}`, `Away: ${reason}`, "cup", row.state === "away" && row.reason === reason || row.next_state === `away:${reason}`)),
      deed("ask:offline", "Sign out", "leave", row.state === "offline" || row.next_state === "offline")),
    ending(row),
  ].filter(Boolean);
}

const HANGS_SECONDS = 10;
const hangs = (row) => ["ringing", "on_call", "on_hold"].includes(row.state) && !row.with && !row.elsewhere && serverNow() - row.since_at > HANGS_SECONDS;

function ending(row) {
  if (row.elsewhere) return "";
  if (row.state === "ringing" && row.with) return group("This ring", deed("ask:ring", "Take the ring back", "end"));
  if (["on_call", "on_hold"].includes(row.state) && row.with) return group("This call", deed("ask:talk", "End the call", "end"));
  if (row.state === "wrap_up") return group("This wrap-up", deed("ask:wrap_up", "End the wrap-up", "end"));
  if (hangs(row)) return group("Nothing to be seen", deed("ask:free", "Set free", "check"));
  return "";
}

function callerSaid(row) {
  return [`${readable(row.queue)} · place ${row.place} · waits `, since(row.entered_at)];
}

function callerChoices(row, { agents, queues }) {
  if (!agents.length && !queues.length) return [h("p", { class: "note" }, "No agent is available now, and there is no other queue.")];
  return [
    agents.length ? group("Ring an agent now", ...agents.map((one) => deed(`to-agent:${one.id}`, one.name, "desk"))) : "",
    queues.length ? group("Wait in another queue, as long as before", ...queues.map((one) => deed(`to-queue:${one.name}`, `${readable(one.name)} · ${one.free || "no"} available`, "people"))) : "",
  ].filter(Boolean);
}

function group(title, ...choices) {
  return h("section", {}, h("h3", {}, title), h("div", { class: "ways" }, choices));
}

function deed(what, words, picture, pressed = false) {
  return h("button", { type: "button", class: "button", "data-deed": what, "aria-pressed": pressed ? "true" : null, disabled: pressed }, icon(picture), words);
}

// The bar of who is in a talk: by whom one is heard, and the way out.
const WORDS = { listening: ["Listen", "You listen to"], coaching: ["Coach", "You coach"], barged: ["Barge in", "You are in the call of"] };

export function earBar(agent, mine, state) {
  const ways = Object.entries(WORDS).map(([heard, [words]]) => {
    const picture = { listening: "wave", coaching: "people", barged: "microphone" }[heard];
    return h("button", { type: "button", class: "button", "data-ear": heard, "aria-pressed": mine.heard === heard ? "true" : "false" }, icon(picture), words);
  });
  const who = { listening: "Nobody hears you.", coaching: `Only ${agent.name} hears you.`, barged: "Both hear you." }[mine.heard];
  const words = state === "reconnecting" ? "The sound is interrupted. It is being taken up again." : state === "on" && mine.is_in ? who : state === "idle" ? "Your phone for it is in another page." : "Connecting";
  return [
    h("div", {}, h("b", {}, `${WORDS[mine.heard][1]} ${agent.name} and `, h("span", {}, agent.with.caller)), h("span", { class: "note" }, words)),
    h("div", { class: "ways" }, state === "idle" ? "" : ways, h("button", { type: "button", class: "button strong", "data-ear": "leave" }, icon("leave"), "Leave")),
  ];
}
