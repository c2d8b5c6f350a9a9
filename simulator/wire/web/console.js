// The console: asks for the state once a second, keeps the exchanges, and shows what the filter lets through.
import { callRow, conferenceRow, endedRow, queueRow } from "./calls.js";
import { at, h, list } from "./dom.js";
import { alertRow, faultRow, recordingRow } from "./notes.js";
import { foldWhenNarrow, order, setUpDial, setUpFaults, showNumbers } from "./orders.js";
import { setUpTabs } from "./tabs.js";
import { exchangeRow } from "./traffic.js";
import { clock, short, tick } from "./words.js";

const MILLISECONDS = 1000;
const KINDS = ["webhooks", "requests"];
const kept = { webhooks: new Map(), requests: new Map() };
const opened = new Map();
const haystacks = new WeakMap();
const filter = { text: "", call: "" };
let state = null;
let version = 0;
let cleared = 0;
let paused = false;

const act = {
  look,
  onlyCall(sid) { filter.call = sid; draw(); at("call").focus(); },
  async hangUp(sid) { await order("POST", `calls/${sid}`, { hangup: true }).catch(() => {}); await look(); },
  async toggle(id) {
    if (opened.delete(id)) return redraw(id);
    opened.set(id, {});
    redraw(id);
    await load(id);
  },
};

async function look() {
  let seen;
  try {
    seen = await (await fetch(`/console/state?after=${version}`)).json();
  } catch {
    return say("lost", "not reachable");
  }
  if (state && seen.run !== state.run) return location.reload();
  for (const kind of KINDS) {
    for (const one of seen[kind]) {
      kept[kind].set(one.id, one);
      if (opened.has(one.id)) load(one.id);
    }
    for (const id of kept[kind].keys()) if (id < seen.oldest[kind]) kept[kind].delete(id);
  }
  version = seen.version;
  state = seen;
  if (!paused) say("ready", "live");
  draw();
}

async function load(id) {
  const whole = await fetch(`/console/exchanges/${id}`).then((reply) => reply.json(), () => ({ error: "The simulator does not answer." }));
  if (opened.has(id)) opened.set(id, whole);
  redraw(id);
}

function draw() {
  if (!state) return;
  at("account").textContent = state.accounts.map(short).join(", ");
  showNumbers(state.numbers);
  const calls = state.calls.filter(matches);
  const ended = state.ended.filter((call) => call.ended > cleared && matches(call));
  show("calls", calls, (call) => callRow(call, act), state.calls.length, "Nobody is calling. Start a call on this page, or let somebody ring one of the account’s numbers.");
  at("ended-title").hidden = ended.length === 0;
  list(at("ended"), ended, (call) => endedRow(call, act), "");
  at("ended").hidden = ended.length === 0;
  show("queues", state.queues, (queue) => queueRow(queue, act), 0, "No queue yet. The first <Enqueue> makes one.");
  at("queues-count").textContent = state.queues.reduce((sum, queue) => sum + queue.members.length, 0) || "";
  show("conferences", state.conferences, (room) => conferenceRow(room, act), 0, "No conference runs. <Dial><Conference> opens one.");
  for (const kind of KINDS) drawLog(kind, [...kept[kind].values()].reverse(), (one) => exchangeRow(one, act, opened));
  drawLog("alerts", state.alerts, (alert) => alertRow(alert, act));
  at("alerts-count").classList.toggle("bad", state.alerts.some((alert) => alert.level === "error" && alert.at > cleared));
  show("recordings", state.recordings.filter(matches), (recording) => recordingRow(recording, act), state.recordings.length, "Nothing was recorded yet. <Record>, or record= of <Dial>, makes a recording.");
  list(at("faults"), state.faults.map((fault, id) => ({ id, ...fault })), faultRow, "None: everything arrives once and in order.");
  at("faults-count").textContent = state.faults.filter((fault) => !fault.spent).length || "";
  at("mend").hidden = state.faults.length === 0;
  drawFilter();
  tick(state.now);
}

const NONE = {
  webhooks: "No webhook yet. When somebody calls, the application is asked here what to do.",
  requests: "No REST request yet. They come from the application to /2010-04-01/Accounts/….",
  alerts: "Nothing to complain about. Warnings and errors of Twilio’s debugger appear here.",
};

function drawLog(name, items, build) {
  const fresh = items.filter((item) => item.at > cleared);
  const none = items.length && !fresh.length ? [`Cleared at ${clock(cleared)}; new ones appear here. `, textButton("Bring the old ones back", () => { cleared = 0; draw(); })] : NONE[name];
  show(name, fresh.filter(matches), build, fresh.length, none);
}

function show(name, items, build, all, none) {
  const hidden = all > items.length && items.length === 0;
  list(at(name), items, build, hidden ? ["Nothing here matches the filter. ", textButton("Show all", dropFilter)] : none);
  at(`${name}-count`).textContent = items.length || "";
}

function redraw(id) {
  for (const kind of KINDS) {
    const one = kept[kind].get(id);
    if (one) kept[kind].set(id, { ...one, drawn: (one.drawn ?? 0) + 1 });
  }
  draw();
}

function matches(item) {
  if (!filter.text && !filter.call) return true;
  if (!haystacks.has(item)) haystacks.set(item, JSON.stringify(item).toLowerCase());
  const text = haystacks.get(item);
  return text.includes(filter.call.toLowerCase()) && text.includes(filter.text);
}

function dropFilter() {
  Object.assign(filter, { text: "", call: "" });
  at("text").value = "";
  draw();
  at("text").focus();
}

function drawFilter() {
  at("call").hidden = !filter.call;
  const text = `call ${short(filter.call)} ×`;
  if (at("call").textContent !== text) at("call").textContent = text;
  at("call").title = `${filter.call}: show all calls again`;
}

function textButton(text, onclick) {
  return h("button", { type: "button", class: "text", onclick }, text);
}

function say(kind, words) {
  at("state").dataset.state = kind;
  if (at("state").textContent !== words) at("state").textContent = words;
}

at("text").oninput = (event) => { filter.text = event.target.value.trim().toLowerCase(); draw(); };
at("call").onclick = () => { filter.call = ""; draw(); at("text").focus(); };
at("clear").onclick = () => { cleared = state?.now ?? 0; opened.clear(); draw(); };
at("pause").onclick = () => {
  paused = !paused;
  at("pause").setAttribute("aria-pressed", String(paused));
  at("pause").textContent = paused ? "Go on" : "Pause";
  if (paused) say("paused", `paused at ${clock(state?.now ?? 0)}`);
  else look();
};

setUpTabs();
foldWhenNarrow();
setUpDial(act);
setUpFaults(act);
fetch("/signal/sound").then((reply) => reply.json()).then(({ sound }) => { at("phone").hidden = sound !== "yes"; }, () => {});

async function live() {
  if (!paused && !document.hidden) await look();
  setTimeout(live, MILLISECONDS);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden && !paused) look(); });
live();
