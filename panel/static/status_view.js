// The state pill with its timer, and the menu that changes it.

import { h, icon, since, until } from "./elements.js";

const LABELS = {
  offline: "Off shift", available: "Available", ringing: "Ringing", on_call: "On a call", on_hold: "On hold",
  wrap_up: "Wrap-up", away: "Away", unreachable: "Out of reach",
};
export const REASONS = ["break", "lunch", "training"];
export const BUSY = ["ringing", "on_call", "on_hold"];

export function label(desk) {
  const reason = desk.state === "away" && desk.reason ? ` · ${desk.reason === "missed" ? "missed call" : desk.reason}` : "";
  return (LABELS[desk.state] ?? desk.state) + reason;
}

export function statusView(desk) {
  const timer = desk.state === "offline" ? "" : desk.state === "wrap_up" && desk.until_at ? until(desk.until_at) : since(desk.since_at);
  const next = desk.next_state ? h("span", { class: "aside" }, `then ${nextWords(desk.next_state)}${desk.set_by ? ` (${desk.set_by})` : ""}`) : "";
  return h("details", { class: "menu" },
    h("summary", {}, h("span", { class: "lamp" }), h("span", {}, label(desk)), timer, next, icon("open")),
    h("div", { class: "sheet" }, choices(desk)));
}

function choices(desk) {
  if (desk.state === "offline") return [choice("start-shift", "Start shift", "desk", false), ...places(desk)];
  const busy = BUSY.includes(desk.state);
  const now = (state, reason = "") => busy
    ? desk.next_state === (reason ? `${state}:${reason}` : state === "available" ? "" : state)
    : desk.state === state && desk.reason === reason;
  return [
    busy ? h("p", { class: "aside" }, "After this call") : "",
    choice("available", "Available", "check", now("available")),
    ...REASONS.map((reason) => choice(`away:${reason}`, `Away: ${reason}`, "cup", now("away", reason))),
    ...places(desk),
    h("hr"),
    choice("end-shift", "End shift", "leave", now("offline")),
  ];
}

// Where calls come from the next ring on.
function places({ phone }) {
  return [
    h("hr"),
    h("p", { class: "aside" }, "Calls come to"),
    choice("calls-browser", "This browser", "desk", !phone.on),
    choice("own-phone", phone.shown || "My phone…", "phone", phone.on),
  ];
}

function choice(what, text, picture, pressed) {
  return h("button", { type: "button", "data-do": what, "aria-pressed": pressed ? "true" : "false" }, icon(picture), text);
}

function nextWords(next) {
  const [state, reason] = next.split(":");
  return reason ? reason : (LABELS[state] ?? state).toLowerCase();
}
