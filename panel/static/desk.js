// The desk: draws each snapshot, confirms rings, and turns clicks into requests. The server's word is the only state.

import { get, post } from "./api.js";
import { duration, setServerTime, tick } from "./clock.js";
import { fill, toast } from "./elements.js";
import { connect } from "./phone.js";
import { phoneState, phoneView } from "./phone_view.js";
import { label, statusView } from "./status_view.js";
import { openStream } from "./stream.js";
import { joinTabs } from "./tabs.js";

const TITLE_RING = "☎ ";
let desk = null;
let drawn = "";
let acknowledged = "";
let rejoined = "";
let silentSince = null;
let tabs = null;

export function startDesk(pushUrl, { onCallOver }) {
  tabs = joinTabs({
    lead: () => openStream(pushUrl, { onDesk: take, onSilence: (silent, at) => { silentSince = silent ? at : null; } }),
    onDesk: show,
    onWish: ({ offer, accountSid }) => join(offer, accountSid),
  });
  get("/api/desk").then((snapshot) => { if (!desk) show(snapshot); }).catch(() => {});
  setInterval(() => { tick(); sayStale(); }, 250);

  function take(snapshot) {
    tabs.tell(snapshot);
    confirmRing(snapshot);
    goBack(snapshot);
    const was = desk?.state;
    show(snapshot);
    if (was !== snapshot.state && ["wrap_up", "available"].includes(snapshot.state)) onCallOver();
  }
}

export const doings = {
  "start-shift": () => change("/api/shift/start"),
  "end-shift": () => change("/api/shift/end"),
  available: () => change("/api/available"),
  away: (reason) => change("/api/away", { reason }),
  "end-wrap-up": () => change("/api/wrap-up/end"),
  accept: async () => {
    const won = await post(`/api/offers/${desk.offer.id}/accept`);
    tabs.wish({ offer: won.offer, accountSid: won.account_sid });
  },
  decline: () => post(`/api/offers/${desk.offer.id}/decline`),
  hold: () => post(`/api/calls/${desk.talk.call_id}/hold`),
  resume: () => post(`/api/calls/${desk.talk.call_id}/resume`),
  end: () => post(`/api/calls/${desk.talk.call_id}/end`),
  rejoin: () => tabs.wish({ offer: desk.rejoin.offer, accountSid: desk.rejoin.account_sid }),
};

async function change(path, body) {
  show(await post(path, body));
}

async function join(offer, accountSid) {
  try {
    await connect({ offer }, accountSid);
  } catch (error) {
    toast(error.message);
  }
}

function confirmRing({ offer }) {
  if (!offer || offer.state !== "offered" || acknowledged === offer.id) return;
  acknowledged = offer.id;
  post(`/api/offers/${offer.id}/acknowledge`).catch(() => { acknowledged = ""; });
}

function goBack({ rejoin }) {
  const mark = rejoin ? `${rejoin.offer} ${rejoin.until_at}` : "";
  if (mark && mark !== rejoined) join(rejoin.offer, rejoin.account_sid);
  rejoined = mark;
}

function show(snapshot) {
  if (desk && snapshot.version < desk.version) return;
  desk = snapshot;
  setServerTime(snapshot.now);
  const { now, ...lasting } = snapshot;
  const picture = JSON.stringify(lasting);
  if (picture === drawn) return;
  drawn = picture;
  draw();
}

function draw() {
  const phone = document.getElementById("phone");
  const status = document.getElementById("status");
  phone.dataset.state = phoneState(desk);
  status.dataset.state = desk.state;
  fill(phone, phoneView(desk));
  window.htmx.process(phone);
  fill(status, statusView(desk));
  announce();
  tick();
}

function announce() {
  const rings = desk.offer && desk.offer.state !== "accepted";
  say("alert", rings ? `Incoming call for ${desk.offer.merchant.name} from ${desk.offer.caller}` : "");
  say("said", label(desk));
  const plain = document.title.startsWith(TITLE_RING) ? document.title.split(" — ").pop() : document.title;
  document.title = rings ? `${TITLE_RING}${desk.offer.caller} for ${desk.offer.merchant.name} — ${plain}` : plain;
  document.querySelector("link[rel=icon]").href = rings ? "/assets/icon-ringing.svg" : "/assets/icon.svg";
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
