// Recordings: a link lasts minutes, so a player whose link has ended gets a new one and goes on where it was.

import { get } from "./api.js";

const LOOK_AGAIN_MS = 3000;

export function startPlayers(root, lookAgain) {
  for (const figure of root.querySelectorAll(".player")) {
    const audio = figure.querySelector("audio");
    if (audio) audio.addEventListener("error", () => renew(figure, audio), { once: true });
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
