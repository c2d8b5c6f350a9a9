// What the phone shows while a colleague is asked: who hears whom, and the ways on from there.

import { button, h, icon, said } from "./elements.js";

const LIVE = ["holding", "ringing", "consulting", "together"];

function stateOf({ consult }) {
  return consult && LIVE.includes(consult.state) ? consult.state : "";
}

// The line that says who hears whom; null when nobody is asked.
export function askingSaid(talk) {
  const state = stateOf(talk);
  const { by, whom } = talk.consult ?? {};
  if (state === "together") return said("people", `All three talk: the caller, you and ${talk.is_guest ? by : whom}`);
  if (state === "consulting") return said("people", `You and ${talk.is_guest ? by : whom} talk. The caller hears music`);
  if (state) return said("bell", `Asking ${whom}. The caller hears music`);
  return null;
}

// Who is heard by the agent now, in one word for the level's label.
export function farEnd(talk) {
  const state = stateOf(talk);
  if (state === "together") return "Both";
  if (state === "consulting") return talk.consult.is_outside ? talk.consult.whom : "Colleague";
  return talk.outbound ? "Customer" : "Caller";
}

// Why the last asking came to nothing; the caller is still on hold then.
export function asked({ consult, held }) {
  if (consult?.state !== "failed" || !held) return "";
  return h("p", { class: "notice" }, icon("fault"), h("span", {}, `${consult.whom}: ${consult.why}. The caller is on hold with you.`));
}

// The buttons that change who talks to whom.
export function callDoings(talk) {
  const state = stateOf(talk);
  if (talk.is_guest) return [button("end", "Leave the call", "leave", "large")];
  switch (state) {
    case "holding":
    case "ringing":
      return [button("ask-cancel", "Back to the caller", "resume", "strong large")];
    case "consulting":
      return [
        button("hand-over", "Hand over", "forward", "accept large"),
        button("ask-together", "All three", "people", "large"),
        button("ask-cancel", "Back to the caller", "resume", "large"),
      ];
    case "together":
      return [button("hand-over", "Leave them", "leave", "large"), button("end", "End for all", "end", "end large")];
    default:
      return [
        button("send-open", "Hand on", "forward", "large"),
        talk.held ? button("resume", "Resume", "resume", "strong large") : button("hold", "Hold", "pause", "large"),
        button("end", "End call", "end", "end large"),
      ];
  }
}
