// The desk's ring: its own sound, on its own output, unlocked by a click. Browsers play nothing in a page that nobody touched.

import { chosen } from "./audio_devices.js";

const sound = new Audio();
sound.preload = "auto";
let wanted = false;
let blocked = false;
let tellBlocked = () => {};

// heard(true) when the browser refuses to ring, heard(false) when it rings again.
export function onBlocked(heard) {
  tellBlocked = heard;
}

// To be called in a click, before anything is waited for.
export function unlock() {
  if (!sound.src) sound.src = "/audio/ring.wav";
  if (wanted) return;
  sound.muted = true;
  sound.play().then(() => { if (!wanted && sound.muted) sound.pause(); block(false); }, () => {});
}

export function ring() {
  if (wanted) return;
  wanted = true;
  play(true);
}

export function stop() {
  if (!wanted) return;
  wanted = false;
  sound.pause();
}

// Once through, for the agent to hear it.
export function test() {
  if (!wanted) play(false);
}

function play(again) {
  if (!sound.src) sound.src = "/audio/ring.wav";
  sound.muted = false;
  sound.loop = again;
  sound.currentTime = 0;
  sound.setSinkId?.(chosen("ringer")).catch(() => {});
  sound.play().then(() => block(false), (error) => { if (error.name === "NotAllowedError") block(true); });
}

function block(now) {
  if (blocked !== now) tellBlocked(blocked = now);
}

// A ring that was refused sounds at the first touch of the page.
for (const touch of ["pointerdown", "keydown"]) {
  addEventListener(touch, () => { if (!blocked) return; if (wanted) play(true); else unlock(); });
}
