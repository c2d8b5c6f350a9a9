// The debugger, recordings and standing faults.
import { h } from "./dom.js";
import { callChip, clock, short, span } from "./words.js";

export const HARMS = {
  webhook: { lose: "it never arrives", duplicate: "it arrives twice", delay: "it arrives late", slow: "its answer comes late", reorder: "the next one overtakes it", status: "it is answered with a status" },
  rest: { status: "it is answered with a status", "timeout-before": "nothing is done, no answer", "timeout-after": "it is done, the answer is lost" },
};

export function alertRow(alert, act) {
  return h("li", { class: "alert" },
    h("time", {}, clock(alert.at, true)),
    h("span", { class: `status ${alert.level === "error" ? "bad" : "warn"}` }, `${alert.level} ${alert.code}`),
    h("p", {}, alert.message, alert.url && h("code", {}, alert.url),
      h("a", { href: alert.page, target: "_blank", rel: "noopener noreferrer" }, alert.page.replace("https://www.", ""))),
    callChip(alert.call, act, alert.id));
}

export function recordingRow(recording, act) {
  const told = [recording.status, recording.channels === 2 ? "two channels" : "one channel", recording.source].join(", ");
  return h("li", { class: "tape" },
    h("time", {}, clock(recording.at)),
    h("p", {}, h("b", {}, recording.playable ? span(recording.seconds) : recording.status), h("span", { class: "soft" }, told)),
    recording.playable
      ? h("audio", { controls: "controls", preload: "none", src: `/console/recordings/${recording.id}.wav`, "aria-label": `Recording ${short(recording.id)}` })
      : null,
    callChip(recording.call, act, recording.id), recording.conference && h("span", { class: "soft" }, short(recording.conference)));
}

export function faultRow(fault) {
  const often = fault.times === null ? `every time, ${fault.hits} so far` : `${fault.hits} of ${fault.times}`;
  const more = fault.harm === "status" ? ` ${fault.status}` : fault.seconds ? ` ${fault.seconds} s` : "";
  return h("li", { class: `ordered ${fault.spent ? "spent" : ""}` },
    h("span", { class: "grow" }, h("b", {}, `${fault.where === "rest" ? "REST" : "webhook"} ${fault.harm}${more}`), h("code", {}, fault.path || "any path")),
    h("span", { class: "soft" }, fault.spent ? `done, ${often}` : often));
}
