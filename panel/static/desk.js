// The desk: draws each snapshot, confirms rings, and turns clicks into requests. The server's word is the only state.

import { get, post } from "./api.js";
import { duration, setServerTime, tick } from "./clock.js";
import { fill, toast } from "./elements.js";
import { keyOf } from "./keypad.js";
import * as phone from "./phone.js";
import { openDialling, startDialling } from "./dial.js";
import { openOwnPhone, startOwnPhone } from "./own_phone.js";
import { follow, isOurs, join } from "./phone_follows.js";
import { phoneState, phoneView } from "./phone_view.js";
import { isPressed } from "./pressed.js";
import * as readiness from "./readiness.js";
import * as ringer from "./ringer.js";
import * as soundCheck from "./sound_check.js";
import { label, statusView } from "./status_view.js";
import { closeSending, openSending, startSending } from "./send_on.js";
import { openStream } from "./stream.js";
import { joinTabs } from "./tabs.js";

const TITLE_RING = "☎ ";
const { notes } = JSON.parse(document.getElementById("settings").textContent);
const FREE = ["offline", "available", "away", "unreachable"];
let desk = null;
let handset = null; // the phone as the tab that has it tells it
let view = { keypad: false, check: false };
let drawn = "";
let acknowledged = "";
let silentSince = null;
let tabs = null;

export function startDesk(pushUrl, { onCallOver }) {
  tabs = joinTabs({
    lead: () => lead(pushUrl, onCallOver),
    onDesk: show,
    onPhone: (told) => { handset = told; draw(); },
    onWish: (what, detail) => wishes[what](detail),
    onChange: () => { tellHandset(); draw(); },
  });
  readiness.onChange(tellHandset);
  phone.onChange(tellHandset);
  phone.onLevels((mine, theirs) => {
    const place = document.getElementById("phone");
    place.style.setProperty("--mine", mine.toFixed(2));
    place.style.setProperty("--theirs", theirs.toFixed(2));
  });
  get("/api/desk").then((snapshot) => { if (!desk) show(snapshot); }).catch(() => {});
  setInterval(() => { tick(); sayStale(); }, 250);
  document.addEventListener("keydown", (event) => {
    if (view.keypad && keyOf(event)) doings.key(keyOf(event));
  });
  listenToHeadset();
  startDialling(dial);
  startOwnPhone((number) => change("/api/phone", { on: "phone", number }));
  startSending();
}

// This tab has the phone now; returns how to give it up.
function lead(pushUrl, onCallOver) {
  let looked = false;
  const closeStream = openStream(pushUrl, { onDesk: take, onSilence: (silent, at) => { silentSince = silent ? at : null; } });
  readiness.watch(noMicrophone).catch((error) => toast(error.message));

  function take(snapshot) {
    tabs.tell({ desk: snapshot });
    confirmRing(snapshot);
    const was = desk?.state;
    show(snapshot);
    follow(snapshot);
    if (!looked) { looked = true; look(); }
    if (was !== snapshot.state && ["wrap_up", "available"].includes(snapshot.state)) onCallOver();
  }

  return () => { closeStream(); phone.close(); ringer.stop(); };
}

// What another tab asks of the tab that has the phone.
const wishes = {
  "open-microphone": () => phone.openMicrophone(),
  "close-microphone": () => phone.closeMicrophone(),
  join: ({ offer, accountSid }) => join(offer, accountSid),
  mute: (muted) => phone.mute(muted),
  key: (key) => phone.sendDigits(key),
};

export const doings = {
  "start-shift": () => whenReady(async () => {
    await change("/api/shift/start");
    if (!desk.phone.on) { doings.check(); ringer.test(); }
  }),
  "end-shift": () => change("/api/shift/end"),
  available: () => whenReady(() => change("/api/available")),
  away: (reason) => change("/api/away", { reason }),
  "end-wrap-up": () => change("/api/wrap-up/end"),
  "extend-wrap-up": () => change("/api/wrap-up/extend"),
  accept: async () => {
    tabs.wish("open-microphone");
    try {
      const won = await post(`/api/offers/${desk.offer.id}/accept`);
      tabs.wish("join", { offer: won.offer, accountSid: won.account_sid });
    } catch (error) {
      tabs.wish("close-microphone");
      throw error;
    }
  },
  "calls-browser": async () => {
    await change("/api/phone", { on: "browser" });
    if (desk.state !== "offline") await whenReady(async () => {});
  },
  "own-phone": () => openOwnPhone(desk.phone.shown),
  "dial-open": (wanted) => openDialling(wanted),
  decline: () => post(`/api/offers/${desk.offer.id}/decline`),
  hold: () => post(`/api/calls/${desk.talk.call_id}/hold`),
  resume: () => post(`/api/calls/${desk.talk.call_id}/resume`),
  "send-open": () => openSending(desk.talk),
  "ask-cancel": () => post(`/api/calls/${desk.talk.call_id}/ask/cancel`),
  "ask-together": () => post(`/api/calls/${desk.talk.call_id}/ask/together`),
  "hand-over": () => post(`/api/calls/${desk.talk.call_id}/ask/hand-over`),
  end: () => post(`/api/calls/${desk.talk.call_id}/end`),
  rejoin: async () => { await tabs.take(); await join(desk.talk.offer_id, desk.talk.account_sid); },
  mute: () => tabs.wish("mute", !handset?.muted),
  key: (key) => tabs.wish("key", key),
  keypad: () => reveal({ keypad: !view.keypad }),
  check: () => reveal({ check: true }),
  "close-check": () => reveal({ check: false }),
  "test-ring": () => ringer.test(),
  "move-phone": async () => { ringer.unlock(); await tabs.take(); },
};

async function dial(merchant, number, line) {
  if (desk.phone.on) return post("/api/dial", { merchant, number, line });
  ringer.unlock();
  await tabs.take();
  tabs.wish("open-microphone");
  try {
    const placed = await post("/api/dial", { merchant, number, line });
    tabs.wish("join", { offer: placed.offer, accountSid: placed.account_sid });
  } catch (error) {
    tabs.wish("close-microphone");
    throw error;
  }
}

async function change(path, body) {
  show(await post(path, body));
}

// The click that unlocks the sound; the phone comes to the tab that was clicked.
async function whenReady(job) {
  if (desk.phone.on) return job(); // the phone needs nothing of this browser
  ringer.unlock();
  await tabs.take();
  if (await readiness.getReady()) await job();
  else await noMicrophone();
}

async function look() {
  if (desk.state === "offline" || desk.phone.on) return;
  if (!(await readiness.look())) await noMicrophone();
  else await phone.prepare().catch((error) => toast(error.message));
}

async function noMicrophone() {
  if (!desk.phone.on && desk.state !== "offline" && desk.state !== "away") await change("/api/away", { reason: readiness.NO_MICROPHONE });
}

function confirmRing({ offer }) {
  if (!offer || offer.state !== "offered" || acknowledged === offer.id) return;
  acknowledged = offer.id;
  post(`/api/offers/${offer.id}/acknowledge`).catch(() => { acknowledged = ""; });
  phone.prepare(offer.account_sid).catch(() => {}); // what is missing is said when the caller is taken
}

function tellHandset() {
  if (!tabs?.isLeading()) return;
  handset = { ...phone.state(), ...readiness.state() };
  tabs.tell({ phone: handset });
  draw();
}

function show(snapshot) {
  if (desk && snapshot.version < desk.version) return;
  desk = snapshot;
  setServerTime(snapshot.now);
  draw();
}

function reveal(part) {
  view = { ...view, ...part };
  if (part.check) soundCheck.open(() => reveal({ check: false }));
  if (part.check === false) soundCheck.close();
  draw();
}

function draw() {
  if (!desk || isPressed(draw)) return;
  const here = { ...(handset ?? {}), ...view, notes, leading: tabs.isLeading(), ours: isOurs(desk.talk?.offer_id ?? "") };
  const { now, ...lasting } = desk;
  const picture = JSON.stringify([lasting, here]);
  if (picture === drawn) return;
  drawn = picture;
  if (view.check && (!FREE.includes(desk.state) || here.why)) return reveal({ check: false });
  closeSending(desk.talk);
  if (view.keypad && !desk.talk) return reveal({ keypad: false });
  const place = document.getElementById("phone");
  const status = document.getElementById("status");
  place.dataset.state = phoneState(desk);
  status.dataset.state = desk.state;
  fill(place, phoneView(desk, here), view.check ? soundCheck.element() : "");
  window.htmx.process(place);
  fill(status, statusView(desk));
  announce();
  tick();
}

function announce() {
  const rings = isRung();
  if (rings && !desk.offer.phone && tabs.isLeading()) ringer.ring();
  else ringer.stop();
  say("alert", rings ? `Incoming call for ${desk.offer.merchant.name} from ${desk.offer.caller}` : "");
  say("said", label(desk));
  nameTab();
}

// Who looks at another window sees the ring in the tab's name and picture, whichever page was opened meanwhile.
export function nameTab() {
  const rings = isRung();
  const plain = document.title.startsWith(TITLE_RING) ? document.title.split(" — ").pop() : document.title;
  document.title = rings ? `${TITLE_RING}${desk.offer.caller} for ${desk.offer.merchant.name} — ${plain}` : plain;
  document.querySelector("link[rel=icon]").href = rings ? "/assets/icon-ringing.svg" : "/assets/icon.svg";
}

function isRung() {
  return Boolean(desk?.offer) && desk.offer.state !== "accepted";
}

// The keys of a headset, where the browser tells of them: ending goes the same way as the button.
function listenToHeadset() {
  const handlers = { hangup: () => { if (desk?.talk) doings.end().catch((error) => toast(error.message)); }, togglemicrophone: () => doings.mute() };
  for (const [key, handler] of Object.entries(handlers)) {
    try { navigator.mediaSession?.setActionHandler(key, handler); } catch { /* this browser does not know the key */ }
  }
}

function say(place, text) {
  const element = document.getElementById(place);
  if (element.textContent !== text) element.textContent = text;
}

function sayStale() {
  const stale = document.getElementById("stale");
  stale.hidden = silentSince === null;
  if (silentSince !== null) stale.textContent = `No word from the server for ${duration((Date.now() - silentSince) / 1000)}. Calls cannot ring here; trying again.`;
}
