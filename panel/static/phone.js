// The browser's phone: connect(params), hangUp(), mute(), sendDigits(), and word of whatever becomes of it.
// Sound goes through Twilio's Voice SDK. A simulator without sound is asked by POST to place the leg instead.
//
// What others see of it is one plain object, told anew after every change:
//   line      "idle", "connecting", "on", "reconnecting"
//   offer     the offer that it was connected for; "" when idle
//   sounds    whether it has sound at all: mute and keys do nothing without
//   muted, pressed (keys of this call), warning (about this call), trouble (why the last one failed)

import { SdkLine } from "./phone_sdk.js";
import { SilentLine } from "./phone_silent.js";
import { inWords } from "./phone_words.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
const IDLE = { line: "idle", offer: "", muted: false, pressed: "", warning: "" };
const MOST_KEYS = 24;

let now = { ...IDLE, sounds: true, trouble: "" };
let line = null;
let hears = () => {};
let hearsLevels = () => {};

export function onChange(heard) {
  hears = heard;
}

// heard(microphone, caller), each from 0 to 1, 20 times a second during a call.
export function onLevels(heard) {
  hearsLevels = heard;
}

export function state() {
  return now;
}

// Everything that can be done before a call: the kind of line is known, signed in for, and its socket is open.
export async function prepare(accountSid = "") {
  try {
    await (await theLine()).prepare(accountSid);
  } catch (error) {
    throw new Error(inWords(error));
  }
}

// In the click that takes a caller, before it is known whether a colleague was faster; and when one was.
export function openMicrophone() {
  line?.openMicrophone();
}

export function closeMicrophone() {
  line?.closeMicrophone();
}

export async function connect(params, accountSid) {
  if (now.line !== "idle") {
    if (now.offer === params.offer) return;
    hangUp();
  }
  change({ ...IDLE, line: "connecting", offer: params.offer, trouble: "" });
  try {
    await (await theLine()).connect(params, accountSid);
    if (now.offer !== params.offer) line.hangUp(); // given up meanwhile
  } catch (error) {
    if (now.offer === params.offer) change({ ...IDLE, trouble: inWords(error) });
  }
}

export function hangUp() {
  line?.hangUp();
  if (now.line !== "idle") change(IDLE);
}

export function mute(muted) {
  line?.mute(muted);
  if (now.line !== "idle" && now.sounds) change({ muted });
}

export function sendDigits(keys) {
  if (now.line !== "on" || !now.sounds) return;
  line.sendDigits(keys);
  change({ pressed: (now.pressed + keys).slice(-MOST_KEYS) });
}

// The page gives the phone to another tab.
export function close() {
  hangUp();
  line?.close();
  line = null;
}

export async function hasSound() {
  return (await theLine()) instanceof SdkLine;
}

async function theLine() {
  const sounds = !settings.signalling || await simulatorSounds();
  if (!line || sounds !== now.sounds) {
    line?.close();
    line = sounds ? new SdkLine(settings.signalling, told) : new SilentLine(settings.signalling, told);
    change({ sounds });
  }
  return line;
}

async function simulatorSounds() {
  if (line) return now.sounds;
  try {
    const answer = await fetch(`${settings.signalling}/sound`);
    return (await answer.json()).sound === "yes";
  } catch {
    throw new Error(`The simulated telephone network does not answer at ${settings.signalling}. Is it running?`);
  }
}

const told = {
  on: () => { if (now.line !== "idle") change({ line: "on", warning: "" }); },
  reconnecting: (error) => now.line !== "idle" && change({ line: "reconnecting", warning: inWords(error) }),
  over: () => change(IDLE),
  failed: (error) => change({ trouble: inWords(error) }),
  warning: (warning) => change({ warning }),
  muted: (muted) => change({ muted }),
  levels: (microphone, caller) => hearsLevels(microphone, caller),
};

function change(part) {
  const was = JSON.stringify(now);
  now = { ...now, ...part };
  if (JSON.stringify(now) !== was) hears(now);
}
