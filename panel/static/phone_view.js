// Draws the phone from one whole snapshot and what the phone tells of itself: a ring, a talk, wrap-up, or the quiet between.

import { button, h, icon, readable, said, since, until } from "./elements.js";
import { askingSaid, asked, callDoings, farEnd } from "./asking_view.js";
import { keypad } from "./keypad.js";
import { quiet } from "./quiet_view.js";

export function phoneView(desk, here) {
  const { offer, talk } = desk;
  if (offer && (offer.state === "offered" || offer.state === "ringing")) return ring(offer, here);
  if (talk?.state === "vanished") return lost(desk, here);
  if (talk?.state === "talking") return talking(talk, here);
  if ((talk ?? offer)?.outbound) return calling(talk ?? offer, Boolean(talk), here);
  if (talk || offer) return connecting(talk ?? offer, Boolean(talk), here);
  if (desk.state === "wrap_up") return wrapUp(desk, here);
  return quiet(desk, here);
}

export function phoneState(desk) {
  if (desk.talk?.state === "vanished") return "vanished";
  if (desk.talk?.state === "joining" || desk.offer?.state === "accepted") return "connecting";
  return desk.state;
}

function who(call) {
  return [
    h("p", { class: "merchant", title: call.merchant.name }, call.merchant.name),
    h("p", { class: "caller" }, call.caller, call.caller_name ? h("span", { class: "aside" }, ` ${call.caller_name}`) : ""),
  ];
}

function bit(label, ...value) {
  return h("span", {}, `${label} `, h("b", {}, ...value));
}

function notice(...words) {
  return h("p", { class: "notice" }, icon("fault"), h("span", {}, ...words));
}

function ring(offer, here) {
  const way = offer.path.map((station) => h("li", {}, station.text));
  const bar = offer.ring_until_at ? `${offer.offered_at} ${offer.ring_until_at}` : null;
  return h("div", { class: "call" },
    offer.phone ? said("bell", "Your phone rings: press 1 there to take the call") : said(offer.came_back ? "resume" : offer.sent_by ? "forward" : offer.asked_by ? "people" : "phone", ringsFor(offer)),
    h("div", {}, who(offer)),
    h("p", { class: "bits" }, offer.queue.startsWith("@") ? "" : bit("Queue", readable(offer.queue)), offer.callback ? bit("Asked", since(offer.callback.asked_at), " ago") : bit("Waited", since(offer.entered_at)), bit("Dialled", offer.dialled)),
    offer.callback ? h("p", { class: "note" }, calledBack(offer.callback)) : "",
    way.length ? h("ol", { class: "way", "aria-label": "Way through the menu" }, way) : "",
    h("div", { class: "left" }, h("i", bar ? { "data-bar": bar } : {})),
    here.ringsBlocked && !offer.phone ? notice("The browser keeps the ring silent until you click anywhere on this page.") : "",
    h("div", { class: "doings" }, offer.phone ? "" : button("accept", offer.callback ? "Call back" : "Accept", "phone", "accept large"), button("decline", "Decline", "end", "large")));
}

const IN_VAIN = { busy: "engaged", no_answer: "nobody answered", failed: "the number was not reached" };

// Nobody is on the line: the customer is called only when the agent has taken it.
function calledBack({ attempt, attempts, last_result: last }) {
  const before = IN_VAIN[last] ? `Last time: ${IN_VAIN[last]}. ` : "";
  return `${before}Attempt ${attempt} of ${attempts}. Their phone rings when yours is connected.`;
}

function ringsFor(offer) {
  if (offer.callback) return "Callback: nobody is on the line yet";
  if (offer.came_back) return "Back to you: nobody took the caller";
  if (offer.asked_by) return `${offer.asked_by} asks you first: the caller hears music`;
  return offer.sent_by ? `Sent by ${offer.sent_by}` : "Incoming call";
}

function connecting(call, canEnd, here) {
  return h("div", { class: "call" },
    said("phone", "Connecting"),
    h("div", {}, who(call)),
    h("div", { class: "left busy" }, h("i")),
    here.trouble ? notice(here.trouble) : "",
    canEnd ? h("div", { class: "doings" }, button("end", "Give up", "end", "large only")) : "");
}

// A customer is called: first our own phone connects, then theirs is dialled, then it rings.
function calling(call, canEnd, here) {
  return h("div", { class: "call" },
    said(call.ringing || (call.phone && !canEnd) ? "bell" : "phone", callingSaid(call, canEnd)),
    h("div", {}, who(call)),
    h("p", { class: "bits" }, bit("They see", call.dialled)),
    h("div", { class: "left busy" }, h("i")),
    here.trouble ? notice(here.trouble) : "",
    canEnd ? h("div", { class: "doings" }, button("end", "Give up", "end", "large only")) : "");
}

function callingSaid(call, isThere) {
  if (call.phone && !isThere) return "Your phone rings: press 1 there to call";
  return call.ringing ? "Their phone rings" : "Calling";
}

function talking(talk, here) {
  const clocks = [h("div", {}, h("span", { class: "of" }, "Live"), h("p", { class: "clock" }, since(talk.joined_at ?? talk.began_at)))];
  if (talk.held) clocks.push(h("div", {}, h("span", { class: "of" }, "On hold"), h("p", { class: "clock" }, since(talk.held_at))));
  const silent = Boolean(talk.phone) || (here.line !== undefined && !here.sounds); // nothing here to mute
  return h("div", { class: "call" },
    talkingSaid(talk, here),
    asked(talk),
    (talk.supervisors ?? []).map(supervisor),
    h("div", {}, who(talk)),
    h("div", { class: "clocks" }, clocks, here.leading && here.line === "on" && !silent ? levels(farEnd(talk)) : ""),
    h("p", { class: "bits" }, talk.queue ? bit("Queue", readable(talk.queue)) : "", bit(talk.outbound ? "They see" : "Dialled", talk.dialled)),
    talk.phone ? "" : trouble(here),
    here.keypad && !talk.phone ? keypad(here.pressed ?? "") : "",
    h("div", { class: "doings many" },
      silent ? "" : toggle("mute", here.muted ? "Unmute" : "Mute", here.muted ? "muted" : "microphone", here.muted),
      silent ? "" : toggle("keypad", "Keypad", "keypad", here.keypad),
      callDoings(talk)));
}

const SUPERVISING = {
  listening: (name) => `${name} listens.`,
  coaching: (name) => `${name} coaches you. Only you hear ${name}.`,
  barged: (name) => `${name} is in the call. The caller hears ${name}, too.`,
};

function supervisor({ name, heard }) {
  return h("p", { class: "notice supervised", "data-heard": heard }, icon("people"), h("span", {}, SUPERVISING[heard](name)));
}

function talkingSaid(talk, here) {
  const words = askingSaid(talk);
  if (words && (!here.muted || talk.phone)) return words;
  const whom = talk.outbound ? "customer" : "caller";
  if (talk.held) return said("pause", `On hold: the ${whom} hears music`);
  if (talk.phone) return said("phone", "Talking on your phone");
  if (here.muted) return said("muted", `Muted: the ${whom} does not hear you`);
  return said("wave", "Talking");
}

// What the agent should know of the phone in this talk: it is elsewhere, it failed, or it sounds badly.
function trouble(here) {
  if (here.line === "idle") {
    const words = here.trouble || (here.ours ? "Your phone is not connected to this call." : "Your phone is in another browser.");
    return h("div", { class: "apart" }, notice(words), button("rejoin", here.ours ? "Connect again" : "Talk here", "phone"));
  }
  return here.warning ? notice(here.warning) : "";
}

function levels(theirs) {
  const bar = (label, kind) => h("div", {}, h("span", { class: "of" }, label), h("div", { class: "scale" }, h("i", { class: kind })));
  return h("div", { class: "levels", "aria-hidden": "true" }, bar("You", "mine"), bar(theirs, "theirs"));
}

function toggle(what, label, picture, pressed) {
  const made = button(what, label, picture, "large");
  made.setAttribute("aria-pressed", pressed ? "true" : "false");
  return made;
}

function lost(desk, here) {
  return h("div", { class: "call" },
    said("fault", "Your phone was lost. The caller hears music."),
    h("div", {}, who(desk.talk)),
    desk.rejoin?.until_at ? h("p", { class: "clock" }, until(desk.rejoin.until_at)) : "",
    here.trouble ? notice(here.trouble) : "",
    h("div", { class: "doings" }, button("rejoin", "Go back to the caller", "phone", "accept large"), button("end", "End call", "end", "large")));
}

function canTakeMore({ since_at: since, until_at: ends }, { notes }) {
  return Boolean(notes?.more) && ends !== null && ends < since + notes.longest;
}

function wrapUp(desk, here) {
  const call = desk.wrap_up;
  return h("div", { class: "call" },
    said("pen", "Wrap-up"),
    call ? h("div", {}, who(call)) : "",
    desk.until_at ? h("p", { class: "clock" }, until(desk.until_at)) : "",
    h("div", { class: "left" }, desk.until_at ? h("i", { "data-bar": `${desk.since_at} ${desk.until_at}` }) : ""),
    h("div", { class: "doings" },
      button("end-wrap-up", "Ready for the next call", "check", "strong large"),
      canTakeMore(desk, here) ? button("extend-wrap-up", "More time", "clock", "large") : "",
      call ? h("a", { class: "button large", href: `/calls/${call.merchant.id}/${call.call_id}` }, icon("ticket"), "Ticket") : ""));
}
