// A customer's phone: one snapshot, what people and the line do to it, and its picture.
import { Line } from "./line.js";
import { clock, people, screen, shown } from "./view.js";

const RECENT = 6;
const PROBLEMS = {
  NotAllowedError: "No microphone: allow it for this page in the address bar, then switch on again.",
  NotFoundError: "This computer has no microphone. Connect one, then switch on again.",
  TypeError: "The simulator does not answer. Is it running? Then switch on again.",
};
const at = (id) => document.getElementById(id);

let phone = {
  own: sessionStorage.getItem("number") ?? `+1555010${String(Math.floor(Math.random() * 10000)).padStart(4, "0")}`,
  state: "off", scene: "off", entry: "", other: "", since: 0, muted: false, keypad: false, pressed: "", problem: "",
};
let directory = [];
let recent = JSON.parse(localStorage.getItem("recent") ?? "[]");
sessionStorage.setItem("number", phone.own);

const line = new Line((what, detail) => heard[what](detail));

const heard = {
  state: (state) => change({ state }),
  ringing: () => say(`calling ${shown(phone.other)}`),
  talking: () => { change({ scene: "talking", since: Date.now(), problem: "" }); say("connected"); },
  incoming: (from) => { change({ scene: "incoming", other: from, muted: false, keypad: false, pressed: "", problem: "" }); say(`${shown(from)} is calling`); },
  ended: () => { remember(); change({ scene: "dial", other: "", entry: "", muted: false, keypad: false }); say("call ended"); },
  level: (level) => at("face")?.style.setProperty("--level", level.toFixed(2)),
  problem: (problem) => change({ problem: phone.scene === "calling" ? `${shown(phone.other)} cannot be reached.` : problem }),
};

const act = {
  async turnOn() {
    change({ problem: "" });
    try {
      await line.turnOn(phone.own);
      change({ scene: "dial", state: "ready" });
    } catch (error) {
      change({ state: "off", problem: PROBLEMS[error.name] ?? error.message });
    }
  },
  rename(own) {
    const tidy = own.replace(/[^+\d]/g, "");
    const good = /^\+[1-9]\d{6,14}$/.test(tidy);
    if (good) sessionStorage.setItem("number", tidy);
    change(good ? { own: tidy, problem: "" } : { problem: "Write the number with + and country code, like +15550107788." });
  },
  type: (entry) => change({ entry: entry.replace(/[^+\d*#]/g, ""), problem: "" }),
  async dial(number) {
    if (!number || phone.scene !== "dial") return;
    change({ scene: "calling", other: number, problem: "", pressed: "" });
    try {
      await line.dial(number);
    } catch (error) {
      change({ scene: "dial", problem: error.message });
    }
  },
  accept: () => line.accept(),
  hangUp: () => line.hangUp(),
  mute: (muted) => { line.mute(muted); change({ muted }); },
  press: (key) => { line.press(key); change({ pressed: (phone.pressed + key).slice(-24) }); },
  toggleKeypad: () => change({ keypad: !phone.keypad }),
};

function change(part) {
  phone = { ...phone, ...part };
  draw();
}

function draw() {
  const fields = () => [...at("phone").querySelectorAll("button, input")];
  const focused = fields().find((field) => field === document.activeElement);
  at("phone").replaceChildren(...screen(phone, act));
  if (focused) focus(fields().find((field) => named(field) === named(focused)) ?? at("entry") ?? fields().at(-1));
  const can = phone.scene === "dial";
  at("directory").replaceChildren(...people(directory.map((number) => ({ number, note: "Call", can })), act, "The simulator has no numbers yet."));
  at("recent").replaceChildren(...people(recent.map(({ number, note }) => ({ number, note, can })), act, "Nobody called yet."));
}

const named = (field) => field.getAttribute("aria-label") || field.textContent;

function focus(field) {
  field.focus();
  if (field.value && field.matches("input")) field.setSelectionRange(field.value.length, field.value.length);
}

function remember() {
  if (!phone.other) return;
  const note = phone.since ? clock(phone.since) : "not answered";
  recent = [{ number: phone.other, note }, ...recent.filter((entry) => entry.number !== phone.other)].slice(0, RECENT);
  localStorage.setItem("recent", JSON.stringify(recent));
  phone.since = 0;
}

function say(words) {
  at("said").textContent = words;
}

async function look() {
  try {
    const reply = await fetch("/sim/state");
    if (!reply.ok) return;
    const { numbers } = await reply.json();
    if (numbers.join() !== directory.join()) { directory = numbers; draw(); }
  } catch { /* the simulator is away for a moment */ }
}

setInterval(() => { const timer = at("timer"); if (timer) timer.textContent = clock(phone.since); }, 500);
setInterval(look, 5000);
addEventListener("keydown", (event) => {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey || !/^[0-9*#]$/.test(event.key)) return;
  if (phone.scene === "talking") act.press(event.key);
  if (phone.scene === "dial") act.type(phone.entry + event.key);
});
draw();
look();
