// The phone's line with sound: Twilio's Voice SDK, unmodified. One Device for each Twilio account, made before it is needed
// and kept; it registers for nothing, since an agent's leg always calls in (the token allows no more).

import { chosen, constraints } from "./audio_devices.js";
import * as microphone from "./phone_microphone.js";
import { fetchToken, isDue } from "./phone_tokens.js";
import { quality } from "./phone_words.js";

const CONNECT_MS = 7_000; // the claim is given up after 8 s
const LOOK_MS = 20_000;
const SIGN_IN_CODES = [20101, 20104, 20151, 31202, 31204, 31205];
const SIGN_IN_AGAIN_MS = 60_000;
const KEYS = [..."0123456789", "s", "h"];
const SOUNDS = {
  incoming: "/audio/ring.wav", outgoing: "/audio/chime.wav", disconnect: "/audio/chime.wav",
  ...Object.fromEntries(KEYS.map((key) => [`dtmf${key}`, `/audio/dtmf-${key}.wav`])),
};

export class SdkLine {
  #signalling;
  #tell;
  #tokens;
  #accounts = new Map();
  #call = null;
  #looking;

  // `tokens` is the path where they are had, if it is not the agent's.
  constructor(signalling, tell, tokens) {
    this.#signalling = signalling;
    this.#tell = tell;
    this.#tokens = tokens;
    this.#looking = setInterval(() => this.refresh(), LOOK_MS);
  }

  // Token, Device and the SDK's socket: what a call does not have to wait for then. A page that nobody has touched since it
  // was loaded may not open its sound yet, so there the Device waits for the next time.
  async prepare(accountSid) {
    const account = await this.#account(accountSid);
    if (navigator.userActivation?.hasBeenActive ?? true) account.device ??= this.#device(account);
  }

  openMicrophone() {
    microphone.open();
  }

  closeMicrophone() {
    microphone.close();
  }

  async connect(params, accountSid) {
    const account = await this.#account(accountSid);
    if (account.device?.isBusy || isCutOff(account)) this.#discard(account); // or a leg that was lost has not ended here yet
    account.device ??= this.#device(account);
    useSpeaker(account.device);
    const connecting = account.device.connect({ params, rtcConstraints: { audio: constraints() } });
    connecting.catch(() => {});
    try {
      this.#follow(await within(CONNECT_MS, connecting), account);
    } catch (error) {
      this.#discard(account);
      throw error ?? account.refusal ?? new Error("late"); // the SDK says nothing when its sign-in was refused
    }
  }

  hangUp() {
    const call = this.#call;
    this.#call = null;
    call?.disconnect();
  }

  mute(muted) {
    this.#call?.mute(muted);
  }

  sendDigits(keys) {
    this.#call?.sendDigits(keys);
  }

  close() {
    clearInterval(this.#looking);
    for (const { device } of this.#accounts.values()) device?.destroy();
    this.#accounts.clear();
  }

  // Tokens are renewed at half of their life, in a call only when it could not be waited any longer: a new token makes
  // the SDK sign in again, which may cost a second of sound.
  async refresh() {
    for (const account of this.#accounts.values()) {
      if (isDue(account.token, this.#call !== null)) await this.#renew(account).catch(() => {});
    }
  }

  async #account(accountSid) {
    const known = this.#accounts.get(accountSid);
    if (known && !isDue(known.token, this.#call !== null)) return known;
    if (known) return this.#renew(known);
    const token = await fetchToken(accountSid, this.#tokens);
    const account = this.#accounts.get(token.accountSid) ?? { token, device: null, opening: null, signedInAt: 0, refusal: null };
    this.#accounts.set(token.accountSid, account);
    return account;
  }

  async #renew(account) {
    account.token = await fetchToken(account.token.accountSid, this.#tokens);
    if (isCutOff(account) && !this.#call) { // who was turned away starts anew
      this.#discard(account);
      account.device = this.#device(account);
    }
    account.device?.updateToken(account.token.token);
    return account;
  }

  #device(account) {
    const place = this.#signalling
      ? { chunderw: this.#signalling.replace(/^\w+:\/\//, "").replace(/\/signal$/, ""), publishEvents: false }
      : account.token.edge ? { edge: account.token.edge } : {};
    const device = new Twilio.Device(account.token.token, {
      ...place, sounds: SOUNDS, closeProtection: true, codecPreferences: ["opus", "pcmu"], logLevel: "silent",
      getUserMedia: microphone.give,
    });
    for (const sound of ["incoming", "outgoing", "disconnect"]) device.audio[sound](false);
    device.on("error", (error) => this.#deviceFailed(account, error));
    account.opening = openSocket(device).catch(() => {}).finally(() => { account.opening = null; });
    return device;
  }

  // A token that was refused is replaced once a minute at most: what a new one cannot mend, a third will not either.
  #deviceFailed(account, error) {
    if (!SIGN_IN_CODES.includes(error.code)) return;
    account.refusal = error;
    if (Date.now() - account.signedInAt < SIGN_IN_AGAIN_MS) return this.#tell.failed(error);
    account.signedInAt = Date.now();
    this.#renew(account).catch(() => {});
  }

  #follow(call, account) {
    this.#call = call;
    const ours = (job) => (...given) => { if (this.#call === call) job(...given); };
    call.on("accept", ours(() => { this.#tell.on(); this.#watchMicrophone(call, account); }));
    call.on("reconnecting", ours((error) => this.#tell.reconnecting(error)));
    call.on("reconnected", ours(() => this.#tell.on()));
    call.on("mute", ours((muted) => this.#tell.muted(muted)));
    call.on("volume", ours((microphone, caller) => this.#tell.levels(microphone, caller)));
    call.on("warning", ours((name) => { if (quality(name)) this.#tell.warning(quality(name)); }));
    call.on("warning-cleared", ours((name) => { if (quality(name)) this.#tell.warning(""); }));
    call.on("error", ours((error) => {
      if (["open", "reconnecting"].includes(call.status())) return; // it is being taken up again, or its end is told
      this.#tell.failed(error);
      this.hangUp();
      this.#tell.over();
    }));
    for (const end of ["disconnect", "cancel", "reject"]) call.on(end, ours(() => this.#over()));
    if (call.status() === "open") { this.#tell.on(); this.#watchMicrophone(call, account); }
    if (call.status() === "closed") this.#over();
  }

  #over() {
    this.#call = null;
    this.#tell.over();
  }

  // A headset was pulled out: the call goes on with the microphone that is left.
  #watchMicrophone(call, account) {
    const track = call.getLocalStream()?.getAudioTracks()[0];
    track?.addEventListener("ended", () => {
      if (this.#call !== call) return;
      this.#tell.warning("Your microphone was unplugged. The caller hears you through another one, if there is any.");
      account.device.audio.setInputDevice("default").catch(() => {
        this.#tell.warning("Your microphone was unplugged. The caller cannot hear you: plug one in.");
      });
      call.once("disconnect", () => account.device.audio.unsetInputDevice().catch(() => {}));
    });
  }

  // A Device that did not connect in time may still try for ever: it goes, and the next call has a new one.
  #discard(account) {
    this.#call = null;
    microphone.close();
    account.device?.destroy();
    account.device = null;
  }
}

// connect() opens the SDK's socket when there is none. It has no public word for opening it earlier but register(), which
// would ask to be rung; an SDK without this one opens it at the first call.
async function openSocket(device) {
  await device._setupStream?.();
}

// A Device whose socket was lost, while the computer slept say, waits longer and longer between its tries. Who wants to talk
// now is faster with a new one. `edge` is null while there is no connection.
function isCutOff({ device, opening }) {
  return Boolean(device) && !opening && device.edge === null;
}

function useSpeaker({ audio }) {
  const speaker = chosen("speaker");
  if (speaker && audio.isOutputSelectionSupported) audio.speakerDevices.set(speaker).catch(() => {});
}

function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, refuse) => { timer = setTimeout(() => refuse(new Error("late")), milliseconds); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
