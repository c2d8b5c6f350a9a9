// The supervisor's phone on the floor: in one talk of others at a time, heard by nobody, by the agent, or by both. The
// server's word is the only state; this keeps the line to it, and is silent by itself while nobody is to hear it.

import { post } from "./api.js";
import { toast } from "./elements.js";
import * as phone from "./phone.js";
import { SdkLine } from "./phone_sdk.js";
import { SilentLine } from "./phone_silent.js";
import { inWords } from "./phone_words.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
const TOKENS = "/api/supervision/token";

let line = null;
let now = { call: "", heard: "listening", state: "idle" }; // idle, connecting, on, reconnecting
let changed = () => {};

export const ear = {
  state: () => now,
  onChange(heard) { changed = heard; },

  // Into the talk of a call, or heard by others in the talk where one is.
  async hear(call, heard) {
    const isThere = now.call === call && now.state !== "idle";
    if (isThere && heard === "listening") line.mute(true);
    try {
      if (!isThere) await open();
      const told = await post(`/api/supervision/${call}`, { heard });
      if (!isThere) {
        hangUp();
        change({ call, heard, state: "connecting" });
        await line.connect({ offer: told.offer }, told.account_sid);
        if (now.call !== call) return line.hangUp(); // left meanwhile
      }
      change({ heard });
      line.mute(now.heard === "listening");
    } catch (error) {
      line?.closeMicrophone();
      if (!isThere && now.call === call) await this.leave();
      throw new Error(inWords(error));
    }
  },

  async leave() {
    const { call } = now;
    hangUp();
    if (call) await post(`/api/supervision/${call}/leave`).catch(() => {}); // it may be over already
  },

  // Whether one is in a talk at all, as a snapshot says. By whom one is heard the answers to one's own clicks say: a
  // snapshot may be older than the last of them, and would open the microphone again.
  follow(isIn) {
    if (!isIn && now.state === "on") hangUp();
  },
};

async function open() {
  const sounds = await phone.hasSound();
  if (sounds) await loadSdk();
  line ??= sounds ? new SdkLine(settings.signalling, told, TOKENS) : new SilentLine(settings.signalling, told, TOKENS);
  line.openMicrophone();
}

// Who takes no calls has no phone until the first talk that is listened to.
async function loadSdk() {
  if (window.Twilio) return;
  const { sdk, plainWs } = document.getElementById("floor-ear").dataset;
  if (plainWs) await import(plainWs);
  await new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = sdk;
    script.addEventListener("load", done);
    script.addEventListener("error", () => failed(new Error("The phone could not be loaded. Check your network.")));
    document.head.append(script);
  });
}

function hangUp() {
  const wasIdle = now.state === "idle";
  change({ call: "", heard: "listening", state: "idle" });
  if (!wasIdle) line?.hangUp();
}

const told = {
  on: () => { if (now.state !== "idle") { change({ state: "on" }); line.mute(now.heard === "listening"); } },
  reconnecting: () => { if (now.state !== "idle") change({ state: "reconnecting" }); },
  over: () => ear.leave(),
  failed: (error) => toast(inWords(error)),
  warning: (words) => { if (words) toast(words); },
  muted: () => {},
  levels: () => {},
};

function change(part) {
  now = { ...now, ...part };
  changed(now);
}
