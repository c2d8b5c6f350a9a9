// Draws the floor's tiles and rows from plain values.

import { duration, serverNow } from "./clock.js";
import { h, icon, readable, since, until } from "./elements.js";
import { longest } from "./floor_part.js";
import { BUSY, label } from "./status_view.js";

const SHARE = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const share = (value) => (value === null ? "–" : SHARE.format(value));
const seconds = (value) => (value === null ? "–" : duration(value));

export function figures({ waiting, agents, queues, figure }) {
  const oldest = longest(waiting);
  const firstLate = waiting.length ? Math.min(...waiting.map((row) => row.entered_at + row.limit_seconds)) : null;
  return [
    h("div", { class: "now" },
      h("div", { class: "tile", "data-over-at": firstLate },
        h("h3", {}, "Waiting now"),
        h("p", { class: "figure" }, waiting.length, firstLate === null ? "" : overBadge(firstLate, "too long")),
        h("p", { class: "note" }, oldest === null ? "nobody waits" : ["longest ", since(oldest)])),
      agentsTile(agents),
      levelTile(figure, queues)),
    h("dl", { class: "tiles" },
      tile("Answered", figure.answered),
      tile("Abandoned", figure.abandoned, figure.short_abandons ? `${figure.short_abandons} of them short` : ""),
      tile("Missed", figure.missed),
      tile("Voicemails", figure.voicemails),
      tile("Callbacks asked", figure.callbacks_asked, called(figure)),
      tile("Average speed of answer", seconds(figure.speed_of_answer_seconds)),
      tile("Longest wait today", longestToday(figure, oldest))),
  ];
}

function called({ callbacks_made: made, callbacks_failed: failed }) {
  return [made ? `${made} made` : "", failed ? `${failed} failed` : ""].filter(Boolean).join(", ");
}

// Who waits now may wait longer than anybody before.
function longestToday(figure, oldest) {
  const before = figure.longest_wait_seconds;
  if (oldest !== null && serverNow() - oldest > before) return since(oldest);
  return figure.queued ? seconds(before) : "–";
}

function tile(name, value, note = "") {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value, note ? h("span", { class: "note" }, note) : ""));
}

function agentsTile(agents) {
  const count = (...states) => agents.filter((one) => states.includes(one.state)).length;
  const parts = [[count(...BUSY), "busy"], [count("wrap_up"), "in wrap-up"], [count("away"), "away"], [count("unreachable"), "out of reach"]];
  const others = parts.filter(([number]) => number).map(([number, words]) => `, ${number} ${words}`).join("");
  return h("div", { class: "tile" },
    h("h3", {}, "Agents available"),
    h("p", { class: "figure" }, count("available")),
    h("p", { class: "note" }, agents.length ? `of ${agents.length}${others}` : "nobody takes calls here"));
}

function levelTile(figure, queues) {
  const limit = figure.limit_seconds === null ? "each queue's own limit" : `${figure.limit_seconds} s`;
  const short = figure.short_seconds === null ? "each queue's own limit" : `${figure.short_seconds} s`;
  return h("div", { class: "tile level" },
    h("h3", {}, "Service level today"),
    h("p", { class: "figure" }, share(figure.service_level)),
    h("p", { class: "note formula" }, `answered in time ${figure.answered_in_time} ÷ (answered ${figure.answered} + abandoned ${figure.abandoned} − short abandons ${figure.short_abandons})`),
    queues.length ? h("p", { class: "note" }, `In time: within ${limit}. Short: gone before ${short}.`) : "");
}

function overBadge(at, words) {
  return h("span", { class: "badge late", "data-over-at": at, hidden: true }, icon("fault"), words);
}

const WAITING_STATES = { waiting: ["Waiting", "clock"], offered: ["Ringing", "bell"], connecting: ["Connecting", "phone"] };

export function waitingRow(row, several) {
  const [words, picture] = WAITING_STATES[row.state];
  const at = row.entered_at + row.limit_seconds;
  return h("tr", { "data-over-at": at },
    h("td", { class: "num c-number" }, h("span", { class: "phone-only" }, "place "), row.place),
    h("td", { class: "c-caller" }, h("span", { class: "caller" }, row.caller), row.caller_name ? h("span", { class: "aside" }, ` ${row.caller_name}`) : ""),
    queueCell(row, several),
    h("td", { class: "c-ended" }, h("span", { class: `badge ${row.state}` }, icon(picture), row.agent ? `${words} ${row.state === "offered" ? "at" : "to"} ${row.agent}` : words), row.came_back ? h("span", { class: "note" }, " came back") : ""),
    h("td", { class: "num c-waited" }, overBadge(at, `over ${row.limit_seconds} s`), " ", since(row.entered_at)),
    doings(row.state === "connecting" ? "" : opener(`caller:${row.call_id}`, "Move", `Move ${row.caller}`)));
}

const CALLBACK_STATES = { asked: ["Asked, still on the line", "phone"], resting: ["Later", "clock"], in_line: ["In line", "clock"], dialling: ["Calling", "phone"] };
const LAST_RESULTS = { busy: "engaged", no_answer: "no answer", failed: "not reached", cancelled: "called off" };

export function callbackRow(row, several) {
  const [words, picture] = CALLBACK_STATES[row.state];
  const last = LAST_RESULTS[row.last_result];
  return h("tr", {},
    h("td", { class: "c-caller" }, h("span", { class: "caller" }, row.caller), row.caller_name ? h("span", { class: "aside" }, ` ${row.caller_name}`) : ""),
    queueCell(row, several),
    h("td", { class: "c-ended" }, h("span", { class: "badge" }, icon(picture), row.agent ? `${words}: ${row.agent}` : words)),
    h("td", { class: "num c-waited" }, h("span", { class: "phone-only" }, "asked "), since(row.asked_at)),
    h("td", { class: row.next_at ? "num c-when" : "num c-when blank" }, row.next_at ? [h("span", { class: "phone-only" }, "due in "), until(row.next_at)] : "–"),
    h("td", { class: "num c-number" }, h("span", { class: "phone-only" }, "attempts "), `${row.attempts_made} of ${row.attempts}`, last ? h("span", { class: "note" }, ` ${last}`) : ""),
    doings(row.state === "dialling" ? "" : opener(`callback:${row.id}`, "Cancel", `Cancel the callback of ${row.caller}`)));
}

function doings(...buttons) {
  return h("td", { class: "c-do" }, h("div", {}, buttons));
}

function opener(what, words, named) {
  return h("button", { type: "button", class: "button small", "data-open": what, "aria-label": named, "aria-haspopup": "dialog" }, words);
}

function queueCell(row, several) {
  return h("td", { class: "c-merchant", title: several ? `${readable(row.queue)}, ${row.merchant.name}` : null },
    readable(row.queue), several ? h("span", { class: "aside" }, ` · ${row.merchant.name}`) : "");
}

export function agentRow(agent, several) {
  const by = agent.set_by ? ` (${agent.set_by})` : "";
  const next = agent.next_state ? h("span", { class: "note" }, ` then ${agent.next_state.split(":").at(-1).replace("_", " ")}${by}`) : by ? h("span", { class: "note" }, by) : "";
  return h("tr", {},
    h("td", { class: "c-caller" }, h("span", { class: "caller" }, agent.name)),
    h("td", { class: "c-ended" }, h("span", { class: "state", "data-state": agent.state }, h("span", { class: "lamp" }), label(agent)), agent.with ? supervised(agent.with) : "", next),
    h("td", { class: "num c-number" }, agent.state === "offline" ? "–" : agent.state === "wrap_up" && agent.until_at ? until(agent.until_at) : since(agent.since_at)),
    h("td", { class: agent.with || agent.elsewhere ? "c-merchant" : "c-merchant blank" }, withWhom(agent, several)),
    doings(agent.with?.is_talk ? listening(agent) : "", opener(`agent:${agent.id}`, "Manage", `Manage ${agent.name}`)));
}

function listening({ name, with: call }) {
  return h("button", { type: "button", class: "button small", "data-ear": "listening", "data-call": call.call_id, "aria-label": `Listen to ${name}` }, icon("wave"), "Listen");
}

const HOW = { listening: "listens", coaching: "coaches", barged: "speaks to both" };

function supervised(call) {
  const words = (call.supervisors ?? []).map((one) => `${one.name} ${HOW[one.heard]}`).join(", ");
  return words ? h("span", { class: "badge watched", title: words }, icon("people"), h("span", { class: "unseen" }, words)) : "";
}

function withWhom({ with: call, elsewhere }, several) {
  if (elsewhere) return h("span", { class: "aside" }, "another merchant's caller");
  if (!call) return "–";
  const place = [call.queue ? readable(call.queue) : "", several ? call.merchant.name : ""].filter(Boolean).join(" · ");
  return [h("span", { class: "num" }, call.caller), h("span", { class: "aside" }, ` ${[call.caller_name, place].filter(Boolean).join(" · ")}`)];
}

export function queueRow(row, several) {
  const at = row.oldest_at === null ? null : row.oldest_at + row.limit_seconds;
  return h("tr", { "data-over-at": at, "data-queue": readable(row.queue) },
    h("th", { scope: "row", class: "c-caller", title: several ? `${readable(row.queue)}, ${row.merchant.name}` : null }, readable(row.queue), several ? h("span", { class: "aside" }, ` · ${row.merchant.name}`) : ""),
    h("td", { class: "num c-when" }, h("span", { class: "phone-only" }, "waiting "), row.waiting),
    h("td", { class: at === null ? "num blank c-late" : "num c-late" }, at === null ? "–" : [h("span", { class: "phone-only" }, "longest "), overBadge(at, `over ${row.limit_seconds} s`), " ", since(row.oldest_at)]),
    h("td", { class: "num c-merchant" }, h("span", { class: "phone-only" }, "answered "), row.answered),
    h("td", { class: "num c-ended" }, h("span", { class: "phone-only" }, "abandoned "), row.abandoned),
    h("td", { class: "num" }, row.missed),
    h("td", { class: "num" }, row.voicemails),
    h("td", { class: "num c-waited" }, h("span", { class: "phone-only" }, "speed "), seconds(row.speed_of_answer_seconds)),
    h("td", { class: "num c-number" }, h("span", { class: "phone-only" }, "service level "), share(row.service_level)),
    h("td", { class: "num" }, share(row.connect_service_level)));
}
