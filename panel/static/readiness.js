// Ready for calls: sound unlocked, microphone allowed, phone signed in. Who is not ready is not available.

import * as microphone from "./microphone.js";
import * as phone from "./phone.js";
import * as ringer from "./ringer.js";

export const NO_MICROPHONE = "no microphone";

let now = { why: "", asking: false, ringsBlocked: false };
let tell = () => {};

// heard() after every change of state().
export function onChange(heard) {
  tell = heard;
  ringer.onBlocked((ringsBlocked) => change({ ringsBlocked }));
}

export function state() {
  return now;
}

// In a click: everything that a call needs. False when there is no microphone; the state then says why.
export async function getReady() {
  change({ asking: true });
  try {
    if (await phone.hasSound()) await microphone.ask();
    await phone.prepare();
    change({ why: "", asking: false });
    return true;
  } catch (error) {
    change({ asking: false });
    if (!(error instanceof microphone.NoMicrophone)) throw error;
    change({ why: error.why });
    return false;
  }
}

// The microphone may go at any time: taken back in the browser's settings, or unplugged. heard() when it has gone.
export async function watch(heard) {
  if (!(await phone.hasSound())) return;
  const gone = (why) => { change({ why }); heard(); };
  await microphone.onPermission((permission) => {
    if (permission === "denied") gone("denied");
    if (permission === "granted" && now.why === "denied") change({ why: "" });
  });
  navigator.mediaDevices?.addEventListener("devicechange", async () => {
    if (!(await microphone.isThere())) gone("missing");
    else if (now.why === "missing") change({ why: "" });
  });
}

// A page that was loaded again in the middle of a shift: the browser may have forgotten the microphone.
export async function look() {
  if (!(await phone.hasSound())) return true;
  const permission = await microphone.permission();
  if (permission === "granted") return microphone.isThere().then((there) => { if (!there) change({ why: "missing" }); return there; });
  if (permission === "prompt") return getReady();
  change({ why: "denied" });
  return false;
}

function change(part) {
  const was = JSON.stringify(now);
  now = { ...now, ...part };
  if (JSON.stringify(now) !== was) tell();
}
