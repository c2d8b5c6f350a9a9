// The phone does what the desk says: it connects for the talk that this browser took, goes back to it when it was lost
// (after a reload too), and hangs up when the talk is over.

import * as phone from "./phone.js";

const OURS = "ringdesk offer"; // the offer that this browser took, kept over reloads
const GRACE_MS = 2_000; // the line usually ends by itself: the server ends the room
let tried = "";
let leaving = null;

// Take the phone to a talk, here and now.
export function join(offer, accountSid) {
  localStorage.setItem(OURS, offer);
  tried = offer;
  return phone.connect({ offer }, accountSid);
}

// Called with every snapshot. Each loss is answered once, so that a phone that cannot connect does not try for ever.
export function follow(desk) {
  clearTimeout(leaving);
  const wanted = talkOf(desk);
  const { line, offer } = phone.state();
  if (!wanted || (line !== "idle" && offer !== wanted.offer)) {
    if (line !== "idle") leaving = setTimeout(phone.hangUp, GRACE_MS);
    if (!wanted) tried = "";
    return;
  }
  if (!isOurs(wanted.offer) || wanted.mark === tried) return;
  tried = wanted.mark;
  if (wanted.lost && ["on", "reconnecting"].includes(line)) phone.hangUp();
  if (phone.state().line === "idle") phone.connect({ offer: wanted.offer }, wanted.accountSid);
}

export function isOurs(offer) {
  return localStorage.getItem(OURS) === offer;
}

function talkOf({ offer, talk, rejoin }) {
  if (talk?.phone || offer?.phone) return null; // it is on an ordinary phone
  if (talk) {
    const lost = talk.state === "vanished";
    return { offer: talk.offer_id, accountSid: talk.account_sid, lost, mark: lost ? `${talk.offer_id} ${rejoin?.until_at}` : talk.offer_id };
  }
  if (offer?.state === "accepted") return { offer: offer.id, accountSid: offer.account_sid, lost: false, mark: offer.id };
  return null;
}
