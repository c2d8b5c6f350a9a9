// Draws the phone from one whole snapshot: a ring, a talk, wrap-up, or the quiet between.

import { button, h, icon, since, until } from "./elements.js";

export function phoneView(desk) {
  const { offer, talk } = desk;
  if (offer && (offer.state === "offered" || offer.state === "ringing")) return ring(offer);
  if (talk?.state === "vanished") return lost(desk);
  if (talk?.state === "talking") return talking(talk);
  if (talk || offer) return connecting(talk ?? offer, Boolean(talk));
  if (desk.state === "wrap_up") return wrapUp(desk);
  return quiet(desk);
}

export function phoneState(desk) {
  if (desk.talk?.state === "vanished") return "vanished";
  if (desk.talk?.state === "joining" || desk.offer?.state === "accepted") return "connecting";
  return desk.state;
}

function who(call) {
  return [
    h("p", { class: "merchant" }, call.merchant.name),
    h("p", { class: "caller" }, call.caller, call.caller_name ? h("span", { class: "aside" }, ` ${call.caller_name}`) : ""),
  ];
}

function said(picture, ...words) {
  return h("p", { class: "said" }, icon(picture), h("span", {}, ...words));
}

function bit(label, ...value) {
  return h("span", {}, `${label} `, h("b", {}, ...value));
}

function readable(name) {
  return (name ?? "").replaceAll("_", " ");
}

function ring(offer) {
  const way = offer.path.map((station) => h("li", {}, station.text));
  const bar = offer.ring_until_at ? `${offer.offered_at} ${offer.ring_until_at}` : null;
  return h("div", { class: "call" },
    said("phone", "Incoming call"),
    h("div", {}, who(offer)),
    h("p", { class: "bits" }, bit("Queue", readable(offer.queue)), bit("Waited", since(offer.entered_at)), bit("Dialled", offer.dialled)),
    way.length ? h("ol", { class: "way", "aria-label": "Way through the menu" }, way) : "",
    h("div", { class: "left" }, h("i", bar ? { "data-bar": bar } : {})),
    h("div", { class: "doings" }, button("accept", "Accept", "phone", "accept large"), button("decline", "Decline", "end", "large")));
}

function connecting(call, canEnd) {
  return h("div", { class: "call" },
    said("phone", "Connecting"),
    h("div", {}, who(call)),
    h("div", { class: "left busy" }, h("i")),
    canEnd ? h("div", { class: "doings" }, button("end", "Give up", "end", "large only")) : "");
}

function talking(talk) {
  const clocks = [h("div", {}, h("span", { class: "of" }, "Live"), h("p", { class: "clock" }, since(talk.joined_at ?? talk.began_at)))];
  if (talk.held) clocks.push(h("div", {}, h("span", { class: "of" }, "On hold"), h("p", { class: "clock" }, since(talk.held_at))));
  return h("div", { class: "call" },
    said(talk.held ? "pause" : "wave", talk.held ? "On hold: the caller hears music" : "Talking"),
    h("div", {}, who(talk)),
    h("div", { class: "clocks" }, clocks),
    h("p", { class: "bits" }, bit("Queue", readable(talk.queue)), bit("Dialled", talk.dialled)),
    h("div", { class: "doings" },
      talk.held ? button("resume", "Resume", "resume", "strong large") : button("hold", "Hold", "pause", "large"),
      button("end", "End call", "end", "end large")));
}

function lost(desk) {
  return h("div", { class: "call" },
    said("fault", "Your phone was lost. The caller hears music."),
    h("div", {}, who(desk.talk)),
    desk.rejoin?.until_at ? h("p", { class: "clock" }, until(desk.rejoin.until_at)) : "",
    h("div", { class: "doings" }, button("rejoin", "Go back to the caller", "phone", "accept large"), button("end", "End call", "end", "large")));
}

function wrapUp(desk) {
  const call = desk.wrap_up;
  return h("div", { class: "call" },
    said("pen", "Wrap-up"),
    call ? h("div", {}, who(call)) : "",
    desk.until_at ? h("p", { class: "clock" }, until(desk.until_at)) : "",
    h("div", { class: "left" }, desk.until_at ? h("i", { "data-bar": `${desk.since_at} ${desk.until_at}` }) : ""),
    h("div", { class: "doings" },
      button("end-wrap-up", "Ready for the next call", "check", "strong large"),
      call ? h("a", { class: "button large", href: `/calls/${call.merchant.id}/${call.call_id}` }, icon("ticket"), "Ticket") : ""));
}

const QUIET = {
  offline: ["You are off shift", "Calls reach you once you start.", ["start-shift", "Start shift", "desk", "strong large"]],
  available: ["Waiting for a call", "Leave this page open. It rings here.", null],
  unreachable: ["Your desk did not answer", "A call could not ring here, so calls go to colleagues.", ["available", "I am here", "check", "strong large"]],
  missed: ["You missed a call", "It rang out. The caller kept the place, and no call comes to you until you are back.", ["available", "Take calls again", "check", "strong large"]],
  away: ["You are away", "No call comes to you.", ["available", "Take calls again", "check", "strong large"]],
};

function quiet(desk) {
  const missed = desk.state === "away" && desk.reason === "missed";
  const [title, text, doing] = QUIET[missed ? "missed" : desk.state] ?? [readable(desk.state), "", null];
  const reason = desk.state === "away" && desk.reason && !missed ? `: ${readable(desk.reason)}` : "";
  return h("div", { class: "quiet" },
    h("h2", {}, title + reason),
    h("p", {}, text),
    desk.state === "offline" ? "" : h("p", { class: "clock" }, since(desk.since_at)),
    doing ? h("div", { class: "doings" }, button(...doing)) : "");
}
