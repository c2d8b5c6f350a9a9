// The microphone of the coming call. It opens in the click that takes the caller, while the server decides who has won: a
// headset may take a second to wake. The SDK is given this one instead of opening another.

import { constraints } from "./audio_devices.js";

const UNUSED_MS = 8_000; // the claim is given up by then

let opening = null;
let waiting;

export function open() {
  if (opening || !navigator.mediaDevices) return;
  opening = navigator.mediaDevices.getUserMedia({ audio: constraints() });
  opening.catch(() => {}); // the call asks again, and says why it is not given
  waiting = setTimeout(close, UNUSED_MS);
}

// What the SDK has in place of getUserMedia: the one that is open, once.
export function give(wanted) {
  const early = taken();
  const anew = () => navigator.mediaDevices.getUserMedia(wanted);
  return early ? early.catch(anew) : anew();
}

// No call came of it.
export function close() {
  taken()?.then((stream) => stream.getTracks().forEach((track) => track.stop()), () => {});
}

function taken() {
  const early = opening;
  clearTimeout(waiting);
  opening = null;
  return early;
}
