// Webhooks and REST requests: a line each, and on demand everything in it.
import { h } from "./dom.js";
import { callChip, clock } from "./words.js";

const FAILURES = { connect: "no connection", read: "no answer in time", total: "no answer in time", host: "unknown host", tls: "TLS failed", protocol: "no HTTP", "given up": "the call went on" };

export function exchangeRow(one, act, opened) {
  const shown = opened.get(one.id);
  return h("li", { class: "entry" },
    h("button", { type: "button", class: "line", "aria-expanded": String(Boolean(shown)), "data-focus": `line-${one.id}`, onclick: () => act.toggle(one.id) },
      h("time", {}, clock(one.at, true)),
      one.purpose ? h("span", { class: "purpose" }, one.purpose) : null,
      h("span", { class: "path" }, h("b", {}, one.method, " "), one.path),
      h("span", { class: "telling" }, one.telling, one.telling && one.verbs ? " → " : "", one.verbs && h("i", {}, one.verbs)),
      h("span", { class: "marks" }, one.attempt > 1 ? h("span", { class: "mark" }, `try ${one.attempt}`) : null, one.harm ? h("span", { class: "mark fault" }, `fault: ${one.harm}`) : null),
      h("span", { class: `status ${shade(one)}` }, outcome(one)),
      h("span", { class: "ms" }, one.ms === null ? "" : `${one.ms} ms`)),
    callChip(one.call, act, `x${one.id}`),
    shown ? h("div", { class: "whole" }, ...parts(shown)) : null);
}

function parts(shown) {
  if (shown.error) return [h("p", { class: "soft" }, shown.error)];
  if (!shown.fields) return [h("p", { class: "soft" }, "Loading …")];
  return [
    h("p", { class: "url" }, h("b", {}, shown.method), " ", shown.url),
    h("h3", {}, "Request"),
    shown.fields.length ? h("dl", {}, shown.fields.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value || "–")))) : h("p", { class: "soft" }, "No fields."),
    h("h3", {}, "Reply ", h("span", { class: "soft" }, [outcome(shown), shown.type].filter(Boolean).join(", "))),
    shown.reply ? h("pre", { tabindex: "0", role: "region", "aria-label": "Reply" }, shown.reply) : h("p", { class: "soft" }, shown.ms === null ? "None yet." : shown.failure ? `None: ${FAILURES[shown.failure] ?? shown.failure}.` : "An empty body."),
  ];
}

function outcome(one) {
  if (one.failure) return FAILURES[one.failure] ?? one.failure;
  return one.status ? String(one.status) : "open";
}

function shade({ status, failure }) {
  if (failure === "given up" || (!failure && !status)) return "open";
  if (failure || status >= 400) return "bad";
  return status >= 300 ? "other" : "good";
}
