// Numbers, sids and moments as people read them.
import { h } from "./dom.js";

export function number(text) {
  const parts = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(text ?? "");
  return parts ? `+1 ${parts[1]} ${parts[2]} ${parts[3]}` : text || "nobody";
}

export function short(sid) {
  return sid.length > 12 ? `${sid.slice(0, 2)}…${sid.slice(-6)}` : sid;
}

export function clock(seconds, precise = false) {
  const moment = new Date(seconds * 1000);
  const two = (part) => String(part).padStart(2, "0");
  const text = `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
  return precise ? `${text}.${String(moment.getMilliseconds()).padStart(3, "0")}` : text;
}

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return whole < 3600 ? `${minutes}:${rest}` : `${Math.floor(whole / 3600)}:${String(minutes).padStart(2, "0")}:${rest}`;
}

// How long something has lasted; `tick` keeps it true.
export function since(moment) {
  return h("span", { class: "span", "data-since": moment });
}

export function tick(now) {
  for (const element of document.querySelectorAll("[data-since]")) {
    const text = span(now - Number(element.dataset.since));
    if (element.textContent !== text) element.textContent = text;
  }
}

// A sid that filters everything by its call.
export function callChip(sid, act, where) {
  if (!sid) return null;
  return h("button", { type: "button", class: "sid", title: `${sid}: show this call only`, "data-focus": `${where}-${sid}`, onclick: () => act.onlyCall(sid) }, short(sid));
}
