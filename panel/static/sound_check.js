// The sound check: a bar that moves with the voice, the ring to be heard, and which devices do what.

import { KINDS, choose, chosen, devices } from "./audio_devices.js";
import { button, h, icon } from "./elements.js";
import { Meter } from "./microphone.js";
import * as ringer from "./ringer.js";

const OPEN_MS = 120_000; // then the microphone is let go, whether somebody closed the check or not
const LABELS = { microphone: "Microphone", speaker: "Callers' voices", ringer: "Ring" };
const meter = new Meter();
const level = h("i");
let place = null;
let closing = null;

export function open(onClose) {
  if (!place) place = build();
  for (const use of Object.keys(KINDS)) fillChoices(use);
  place.addEventListener("change", pick);
  clearTimeout(closing);
  closing = setTimeout(onClose, OPEN_MS);
  listen();
  return place;
}

export function close() {
  clearTimeout(closing);
  meter.stop();
}

export function element() {
  return place;
}

function build() {
  return h("section", { class: "check", "aria-labelledby": "check-title" },
    h("h3", { id: "check-title" }, "Sound check"),
    h("p", {}, "Speak. The bar moves when callers can hear you."),
    h("div", { class: "meter" }, icon("microphone"), h("div", { class: "scale" }, level)),
    h("div", { class: "devices" }, Object.entries(LABELS).map(([use, label]) =>
      h("label", { hidden: true }, label, h("select", { "data-use": use })))),
    h("div", { class: "doings" }, button("test-ring", "Hear the ring", "bell"), button("close-check", "Done", "check")));
}

function fillChoices(use) {
  const select = place.querySelector(`[data-use=${use}]`);
  const there = devices(use);
  const now = chosen(use) || "default";
  select.replaceChildren(...there.map((device) => h("option", { value: device.deviceId, selected: device.deviceId === now }, device.label || "Unnamed device")));
  select.parentElement.hidden = there.length < 2;
}

function pick({ target }) {
  choose(target.dataset.use, target.value);
  if (target.dataset.use === "ringer") ringer.test();
  listen();
}

function listen() {
  meter.start((loud) => level.style.setProperty("--level", loud.toFixed(3))).catch(() => meter.stop());
}
