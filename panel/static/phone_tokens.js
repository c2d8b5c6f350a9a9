// What the phone signs in with, and when it wants a new one. Moments are seconds of the server's clock.

import { post } from "./api.js";
import { serverNow } from "./clock.js";

const LAST_SECONDS = 600;

export async function fetchToken(accountSid, path = "/api/token") {
  const answer = await post(path, { account_sid: accountSid });
  return { token: answer.token, accountSid: answer.account_sid, edge: answer.edge, from: serverNow(), until: answer.expires_at };
}

export function isDue({ from, until }, inCall, now = serverNow()) {
  return inCall ? until - now < LAST_SECONDS : now >= (from + until) / 2;
}
