// The phone's line without sound, for trials on a simulator that has none: it is asked to place the browser's leg.
// Nothing tells when the leg ends; the desk's snapshots do.

import { fetchToken } from "./phone_tokens.js";

export class SilentLine {
  #signalling;
  #tell;
  #tokens;
  #leg = null;

  constructor(signalling, tell, tokens) {
    this.#signalling = signalling;
    this.#tell = tell;
    this.#tokens = tokens;
  }

  async prepare(accountSid) {
    await fetchToken(accountSid, this.#tokens);
  }

  async connect(params, accountSid) {
    const { token } = await fetchToken(accountSid, this.#tokens);
    const answer = await this.#signal("connect", { token, params: new URLSearchParams(params).toString() });
    this.#leg = { token, callSid: answer.call_sid };
    this.#tell.on();
  }

  hangUp() {
    const leg = this.#leg;
    this.#leg = null;
    if (leg) this.#signal("hangup", { token: leg.token, call_sid: leg.callSid }).catch(() => {});
  }

  mute() {}

  sendDigits() {}

  openMicrophone() {}

  closeMicrophone() {}

  close() {}

  async #signal(what, fields) {
    const answer = await fetch(`${this.#signalling}/${what}`, { method: "POST", body: new URLSearchParams(fields) });
    if (!answer.ok) throw new Error(`The phone could not connect: ${(await answer.json().catch(() => ({}))).message ?? answer.status}`);
    return answer.json();
  }
}
