// The phone between calls: off shift, waiting, away; and what is missing before it can take any.

import { serverNow } from "./clock.js";
import { button, h, icon, since } from "./elements.js";
import { help } from "./microphone_help.js";
import { NO_MICROPHONE } from "./readiness.js";

const STATES = {
  offline: ["You are off shift", "Calls reach you once you start. Your browser will ask for the microphone.", ["start-shift", "Start shift", "desk", "strong large"]],
  available: ["Waiting for a call", "Leave this page open. It rings here.", null],
  unreachable: ["Your desk did not answer", "A call could not ring here, so calls go to colleagues.", ["available", "I am here", "check", "strong large"]],
  missed: ["You missed a call", "It rang out. The caller kept the place, and no call comes to you until you are back.", ["available", "Take calls again", "check", "strong large"]],
  away: ["You are away", "No call comes to you.", ["available", "Take calls again", "check", "strong large"]],
};

// What it says instead while calls come to an ordinary phone.
const ON_PHONE = {
  offline: (phone) => `Calls reach you on ${phone.shown} once you start.`,
  available: (phone) => `Your phone rings, ${phone.shown}. You may close this page.`,
};

export function quiet(desk, here) {
  if (here.asking) return asking();
  if (here.why && !desk.phone.on) return noMicrophone(desk, here.why);
  const kind = desk.state === "away" && desk.reason === "missed" ? "missed" : desk.state;
  const [title, text, doing] = STATES[kind] ?? [desk.state.replaceAll("_", " "), "", null];
  const reason = kind === "away" && desk.reason ? `: ${desk.reason.replaceAll("_", " ")}` : "";
  return h("div", { class: "quiet" },
    h("h2", {}, title + reason),
    h("p", {}, (desk.phone.on && ON_PHONE[kind]?.(desk.phone)) || text),
    desk.phone.on && desk.phone.fault ? h("p", { class: "notice" }, icon("fault"), h("span", {}, desk.phone.fault)) : "",
    desk.set_by ? h("p", { class: "aside" }, `${desk.set_by[0].toUpperCase()}${desk.set_by.slice(1)} set this for you.`) : "",
    desk.state === "offline" ? "" : h("p", { class: "clock" }, since(desk.since_at)),
    where(desk, here),
    notReached(desk),
    doings(doing ? button(...doing) : "", canDial(desk) ? button("dial-open", "Call a customer", "phone") : "", canCheck(desk, here) ? button("check", "Sound check", "microphone") : ""));
}

function doings(...buttons) {
  return buttons.some(Boolean) ? h("div", { class: "doings" }, buttons) : "";
}

function canDial(desk) {
  return desk.state === "available" || desk.state === "away";
}

const NOT_REACHED = { busy: "The line was busy", no_answer: "Nobody answered", failed: "The call could not be placed" };

// The call that this agent has just made, and that nobody took.
function notReached({ last_dial: call }) {
  if (!call || serverNow() > call.shown_until) return "";
  return h("div", { class: "apart tried" },
    h("p", {}, h("b", {}, NOT_REACHED[call.ended_as]), `: ${call.caller} for ${call.merchant.name}`),
    call.callback ? h("p", { class: "note" }, "The callback is put back: somebody tries again while it has attempts left.") : button(`dial-open:${call.merchant.id} ${call.number}`, "Call again", "phone"),
    call.ticket ? h("a", { class: "button", href: `/tickets/${call.merchant.id}/${call.ticket}` }, icon("ticket"), "Ticket") : "");
}

function canCheck(desk, here) {
  return desk.state === "available" && !desk.phone.on && here.leading && here.sounds && !here.check;
}

// Which tab rings, and whether it may.
function where(desk, here) {
  if (desk.state === "offline" || desk.phone.on) return "";
  if (!here.leading) {
    return h("div", { class: "apart" }, h("p", { class: "aside" }, "The phone is in another tab of this browser."), button("move-phone", "Move it here", "desk"));
  }
  if (here.ringsBlocked) return h("p", { class: "notice" }, icon("fault"), h("span", {}, "The browser keeps rings silent until you click anywhere on this page."));
  return here.trouble ? h("p", { class: "notice" }, icon("fault"), h("span", {}, here.trouble)) : "";
}

function asking() {
  return h("div", { class: "quiet" },
    h("h2", {}, "Your browser asks for the microphone"),
    h("p", {}, "Allow it, so that callers hear you. The question is at the top of the window."));
}

function noMicrophone(desk, why) {
  const { title, text, steps } = help(why);
  const shift = desk.state === "offline" ? "start-shift" : "available";
  return h("div", { class: "quiet", "data-reason": NO_MICROPHONE },
    h("h2", {}, title),
    h("p", {}, text),
    h("ol", { class: "steps" }, steps.map((step) => h("li", {}, step))),
    h("div", { class: "doings" }, button(shift, "Try again", "microphone", "strong large")));
}
