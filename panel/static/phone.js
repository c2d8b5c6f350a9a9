// The phone: connect(params) and hangUp(). Without sound the simulator is asked to place the browser's leg.

import { post } from "./api.js";

const settings = JSON.parse(document.getElementById("settings").textContent);
let leg = null;

export async function connect(params, accountSid) {
  const { token } = await post("/api/token", { account_sid: accountSid ?? "" });
  const answer = await signal("connect", { token, params: new URLSearchParams(params).toString() });
  leg = { token, callSid: answer.call_sid };
  return leg.callSid;
}

export async function hangUp() {
  if (!leg) return;
  const { token, callSid } = leg;
  leg = null;
  await signal("hangup", { token, call_sid: callSid });
}

async function signal(what, fields) {
  if (!settings.signalling) throw new Error("This installation's phone is not set up: SIGNALLING_URL is empty.");
  const answer = await fetch(`${settings.signalling}/${what}`, { method: "POST", body: new URLSearchParams(fields) });
  if (!answer.ok) throw new Error(`The phone could not connect: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  return answer.json();
}
