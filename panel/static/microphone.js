// The microphone: whether the browser gives it, why not, and how loud it is. Without one an agent takes no calls.

import { chosen, constraints, look } from "./audio_devices.js";

const MISSING = ["NotFoundError", "OverconstrainedError"];

// Why there is no microphone: "denied", "missing", "busy" or "insecure".
export class NoMicrophone extends Error {
  constructor(why) {
    super(`no microphone: ${why}`);
    this.why = why;
  }
}

// Opens it once, so that the browser asks and lists devices by name. Raises NoMicrophone.
export async function ask() {
  stop(await open());
  await look();
}

// "granted", "denied", "prompt"; "prompt" also in browsers that do not tell.
export async function permission() {
  return (await watched())?.state ?? "prompt";
}

export async function onPermission(heard) {
  (await watched())?.addEventListener("change", (event) => heard(event.target.state));
}

export async function isThere() {
  return (await look()).some((device) => device.kind === "audioinput");
}

// Shows loudness from 0 to 1 until stopped.
export class Meter {
  #stream = null;
  #context = null;
  #beat = 0;
  #which = "";

  async start(show) {
    if (this.#stream && this.#which === chosen("microphone")) return;
    this.stop();
    this.#which = chosen("microphone");
    const context = this.#context = new AudioContext();
    const stream = await open();
    if (this.#context !== context) return stop(stream); // it was stopped meanwhile
    this.#stream = stream;
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#beat = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      show(loudness(samples));
    }, 60);
  }

  stop() {
    clearInterval(this.#beat);
    if (this.#stream) stop(this.#stream);
    this.#context?.close();
    this.#stream = this.#context = null;
  }
}

// From samples to a bar that moves as ears hear: -60 dB is nothing, -10 dB full.
export function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-12) + 60) / 50));
}

async function open() {
  if (!navigator.mediaDevices) throw new NoMicrophone("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: constraints() });
  } catch (error) {
    throw new NoMicrophone(error.name === "NotAllowedError" ? "denied" : MISSING.includes(error.name) ? "missing" : "busy");
  }
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

let status;

function watched() {
  status ??= navigator.permissions?.query({ name: "microphone" }).catch(() => null) ?? Promise.resolve(null);
  return status;
}
