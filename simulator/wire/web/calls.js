// Live calls, those that ended lately, queues and conferences.
import { h } from "./dom.js";
import { callChip, number, short, since, span } from "./words.js";

const STATUS = { "in-progress": "up", ringing: "rings", initiated: "is dialled", queued: "to be dialled" };
const MARKS = { hold: "on hold", muted: "muted", coaching: "coaching" };

// A browser's call goes to the application that its token names, and has no number.
const called = ({ from, to }) => (to || !from?.startsWith("client:") ? number(to) : "the application");

export function callRow(call, act) {
  return h("li", { class: "call" },
    h("div", { class: "who" },
      h("strong", {}, number(call.from)), h("span", { class: "arrow", role: "img", "aria-label": "calls" }, "→"), h("strong", {}, called(call)),
      call.name && h("span", { class: "soft" }, call.name)),
    h("div", { class: "facts" },
      h("span", { class: `dot ${call.status}` }, STATUS[call.status] ?? call.status), since(call.answered ?? call.since),
      callChip(call.id, act, "call"), call.parent && h("span", { class: "soft" }, "leg of ", short(call.parent))),
    h("div", { class: "places" }, call.places.map(place), call.hears && h("span", { class: "hears" }, "hears ", call.hears.text ? h("q", {}, call.hears.text) : call.hears.kind)),
    h("button", { type: "button", class: "plain stop", "data-focus": "end", "aria-label": `Hang up the call from ${number(call.from)}`, onclick: () => act.hangUp(call.id) }, "Hang up"));
}

export function endedRow(call, act) {
  return h("li", { class: "call" },
    h("div", { class: "who" }, number(call.from), h("span", { class: "arrow", role: "img", "aria-label": "called" }, "→"), called(call)),
    h("div", { class: "facts" }, h("span", { class: `dot ${call.status}` }, call.status), h("span", { class: "span" }, span(call.ended - (call.answered ?? call.since))), callChip(call.id, act, "ended")));
}

export function queueRow(queue, act) {
  return h("li", { class: "group" },
    h("div", { class: "title" }, h("strong", {}, queue.name), h("span", { class: "soft" }, queue.members.length ? `${queue.members.length} of at most ${queue.most}` : "nobody waits")),
    h("ol", {}, queue.members.map((member) => h("li", {}, h("span", { class: "grow" }, number(member.from)), callChip(member.id, act, queue.id), h("span", { class: "soft" }, "waits ", since(member.since))))));
}

export function conferenceRow(room, act) {
  return h("li", { class: "group" },
    h("div", { class: "title" }, h("strong", {}, room.name), h("span", { class: "soft" }, room.status === "init" ? "not started" : "runs ", room.status === "init" ? "" : since(room.since))),
    h("ul", {}, room.seats.map((seat) => h("li", {},
      h("span", { class: "grow" }, number(seat.who), seat.label && h("span", { class: "soft" }, ` ${seat.label}`)),
      marks(seat), seat.ends && h("span", { class: "mark quiet", title: "endConferenceOnExit" }, "ends it"), callChip(seat.id, act, room.id), since(seat.since)))));
}

const places = {
  queue: ({ text, since: moment }) => [h("b", {}, "queue "), text, ", ", since(moment)],
  conference: (seat) => [h("b", {}, "conference "), seat.text, marks(seat)],
  bridge: ({ text }) => [h("b", {}, "talks with "), text || "nobody yet"],
  ringing: () => [h("b", {}, "rings")],
  document: ({ text, verb }) => [h("b", {}, verb || "document", " "), h("code", {}, text)],
  recording: ({ text }) => [text === "paused" ? "recording paused" : "recording"],
};

function place(one) {
  return h("span", { class: `place ${one.kind}` }, places[one.kind](one));
}

function marks(seat) {
  return Object.keys(MARKS).filter((name) => seat[name]).map((name) => h("span", { class: `mark ${name}` }, MARKS[name]));
}
