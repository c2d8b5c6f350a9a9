// Recordings: who spoke when is drawn above the player, caller over the rest; a click goes there. A link lasts minutes,
// so a player whose link has ended gets a new one and goes on where it was.

import { get } from "./api.js";
import { h } from "./elements.js";

const LOOK_AGAIN_MS = 3000;
const SPEEDS = [1, 1.25, 1.5, 2];
const SVG = "http://www.w3.org/2000/svg";

export function startPlayers(root, lookAgain) {
  for (const figure of root.querySelectorAll(".player:not([data-started])")) {
    const audio = figure.querySelector("audio");
    if (!audio) continue;
    figure.dataset.started = "";
    audio.addEventListener("error", () => renew(figure, audio), { once: true });
    audio.after(speeds(audio));
    if (figure.dataset.outline) outline(figure, audio).catch(() => {}); // without a picture the sound still plays
  }
  if (root.querySelector("[data-wait]")) setTimeout(() => { if (root.isConnected) lookAgain(); }, LOOK_AGAIN_MS);
}

async function renew(figure, audio) {
  const at = audio.currentTime;
  const ticket = await get(figure.dataset.ticket);
  const recording = ticket.recordings.find((one) => one.id === figure.dataset.recording);
  if (!recording?.url) return;
  audio.src = recording.url;
  audio.currentTime = at;
  audio.addEventListener("error", () => renew(figure, audio), { once: true });
  await audio.play().catch(() => {});
}

function speeds(audio) {
  const group = h("div", { class: "speeds", role: "group", "aria-label": "Speed" });
  const draw = () => group.replaceChildren(...SPEEDS.map((speed) => {
    const button = h("button", { type: "button", "aria-pressed": audio.playbackRate === speed ? "true" : "false" }, `${speed}×`);
    button.addEventListener("click", () => { audio.defaultPlaybackRate = audio.playbackRate = speed; draw(); group.querySelector("[aria-pressed=true]").focus(); });
    return button;
  }));
  draw();
  return group;
}

async function outline(figure, audio) {
  const wave = await get(figure.dataset.outline);
  const names = wave.peaks.length === 2 ? ["Caller", "Agent, music"] : [""];
  const channels = wave.peaks.map((peaks, index) => h("div", { class: "channel" }, h("span", {}, names[index]), picture(peaks, "all"), picture(peaks, "played")));
  const drawing = h("div", { class: "wave", "aria-hidden": "true" }, channels, h("i"));
  audio.before(drawing);
  const follow = () => drawing.style.setProperty("--at", String(Math.min(1, audio.currentTime / wave.seconds)));
  for (const event of ["timeupdate", "seeked"]) audio.addEventListener(event, follow);
  drawing.addEventListener("click", (event) => {
    const box = drawing.getBoundingClientRect();
    audio.currentTime = ((event.clientX - box.left) / box.width) * wave.seconds;
    audio.play().catch(() => {});
  });
}

// One channel as a closed shape around the middle line, as wide as it has points.
function picture(peaks, kind) {
  const edge = (sign) => peaks.map((peak, at) => `${at},${50 + sign * Math.max(1, peak / 2)}`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${Math.max(1, peaks.length - 1)} 100`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", kind);
  const shape = document.createElementNS(SVG, "polygon");
  shape.setAttribute("points", [...edge(-1), ...edge(1).reverse()].join(" "));
  svg.append(shape);
  return svg;
}
