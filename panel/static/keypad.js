// The keypad: for menus of other companies that the agent and the caller reach together.

import { h } from "./elements.js";

const KEYS = [..."123456789*0#"];
const SPOKEN = { "*": "star", "#": "hash" };

export function keypad(pressed) {
  return h("div", { class: "keypad" },
    h("output", { "aria-label": "Keys pressed" }, pressed || " "),
    h("div", { class: "keys", role: "group", "aria-label": "Keypad" },
      KEYS.map((key) => h("button", { type: "button", class: "button", "data-do": `key:${key}`, "aria-label": SPOKEN[key] }, key))));
}

// The key of a keyboard event that the keypad knows; "" for all others.
export function keyOf(event) {
  const typing = event.target.closest?.("input, select, textarea");
  const free = !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
  return free && KEYS.includes(event.key) ? event.key : "";
}
