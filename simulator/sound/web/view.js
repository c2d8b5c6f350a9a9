// From a snapshot of the phone to what is on its screen.
import { icon } from "./icons.js";

const LETTERS = ["", "", "ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"];
const SPOKEN = { "*": "star", "#": "pound" };
const KEYS = [..."123456789*0#"];
const STATES = { off: "off", starting: "starting", ready: "ready", lost: "reconnecting" };

export function screen(phone, act) {
  return [own(phone, act), h("div", { class: `body ${phone.scene === "incoming" || phone.scene === "calling" ? "ringing" : ""}` }, ...scenes[phone.scene](phone, act))];
}

export function people(entries, act, none) {
  if (entries.length === 0) return [h("li", {}, h("p", {}, none))];
  return entries.map(({ number, note, can }) => h("li", {},
    h("button", { type: "button", disabled: !can, onclick: () => act.dial(number) }, h("b", {}, shown(number)), h("span", {}, note))));
}

export function shown(number) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number ?? "");
  return parts ? `+1 ${parts[1]} ${parts[2]} ${parts[3]}` : number || "Unknown";
}

export function clock(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - since) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

const scenes = {
  off: (phone, act) => [
    h("div", { class: "party" }, h("div", { class: "face" }, icon("call")), h("strong", {}, "Switched off")),
    h("p", { class: "hint" }, "Switching on asks for your microphone. Then you can dial, and others can call this number."),
    problem(phone),
    h("button", { type: "button", class: "big", disabled: phone.state === "starting", onclick: act.turnOn }, phone.state === "starting" ? "Switching on…" : "Switch on"),
  ],
  dial: (phone, act) => [
    h("input", { class: "entry", type: "tel", id: "entry", value: phone.entry, placeholder: "Number to call", "aria-label": "Number to call", autocomplete: "off",
      oninput: (event) => act.type(event.target.value), onkeydown: (event) => { if (event.key === "Enter") act.dial(phone.entry); } }),
    problem(phone),
    pad((key) => act.type(phone.entry + key)),
    h("div", { class: "row" }, h("span", { class: "ghost" }),
      round("call", "Call", "go", () => act.dial(phone.entry), { disabled: !phone.entry }),
      h("button", { type: "button", class: "ghost", disabled: !phone.entry, onclick: () => act.type(phone.entry.slice(0, -1)) }, "Delete")),
  ],
  calling: (phone, act) => [party(phone, "calling…"), h("div", { class: "row" }, round("end", "Hang up", "stop", act.hangUp))],
  incoming: (phone, act) => [
    party(phone, "is calling you"),
    h("div", { class: "row" }, labelled("Decline", round("end", "Decline", "stop", act.hangUp)), labelled("Accept", round("call", "Accept", "go", act.accept))),
  ],
  talking: (phone, act) => [
    party(phone, clock(phone.since), "timer"),
    phone.keypad ? h("output", { class: "pressed", "aria-label": "Keys pressed" }, phone.pressed) : null,
    phone.keypad ? pad(act.press, "small") : null,
    h("div", { class: "row" },
      labelled("Mute", round("mute", "Mute", "", () => act.mute(!phone.muted), { "aria-pressed": String(phone.muted) })),
      labelled("Hang up", round("end", "Hang up", "stop", act.hangUp)),
      labelled("Keypad", round("pad", "Keypad", "", act.toggleKeypad, { "aria-pressed": String(phone.keypad) }))),
  ],
};

function own(phone, act) {
  return h("div", { class: "own" },
    h("label", {}, "My number ", h("input", { type: "tel", value: phone.own, disabled: phone.state !== "off", "aria-label": "My number", onchange: (event) => act.rename(event.target.value) })),
    h("span", { class: "state", "data-state": phone.state }, STATES[phone.state]));
}

function party(phone, line, id = "") {
  return h("div", { class: "party" }, h("div", { class: "face", id: "face" }, icon("person")), h("strong", {}, shown(phone.other)), h("span", { id }, line));
}

function pad(press, size = "") {
  return h("div", { class: `pad ${size}`, role: "group", "aria-label": "Keys" },
    ...KEYS.map((key) => h("button", { type: "button", class: "key", "aria-label": SPOKEN[key] ?? "", onclick: () => press(key) },
      h("b", {}, key), " ", h("small", {}, LETTERS[key] ?? ""))));
}

function round(name, label, kind, onclick, more = {}) {
  return h("button", { type: "button", class: `round ${kind}`, "aria-label": label, onclick, ...more }, icon(name));
}

function labelled(text, button) {
  return h("div", { class: "labelled" }, button, h("span", { "aria-hidden": "true" }, text));
}

function problem(phone) {
  return phone.problem ? h("p", { class: "notice", role: "alert" }, phone.problem) : null;
}

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on") || name === "value" || name === "disabled") element[name] = value;
    else if (value !== "") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
