// The push stream: whole desks, pings that are answered, and a word when it falls silent. With onFloor it is the
// floor's: whole floors instead, and pings that ask for no answer.

import { get, post } from "./api.js";

const SILENT_MS = 12_000;
const AGAIN_MS = 2_000;

export function openStream(url, { onDesk, onFloor, onPing = () => {}, onSilence }) {
  const address = `${url}/stream${onFloor ? "?floor=1" : ""}`;
  const answer = onFloor ? onPing : pong;
  let source = null;
  let heardAt = Date.now();
  let silent = false;
  let closed = false;

  // To the process that asked. One of an older version does not know of it: then web is told.
  function pong() {
    fetch(`${url}/pong`, { method: "POST", credentials: "include" })
      .then((answered) => { if (answered.status === 404) return post("/api/pong"); })
      .catch(() => {});
  }

  function heard() {
    heardAt = Date.now();
    if (silent) onSilence(silent = false, heardAt);
  }

  function connect() {
    source?.close();
    if (closed) return;
    source = new EventSource(address, { withCredentials: true });
    source.addEventListener("desk", (event) => { heard(); onDesk(JSON.parse(event.data)); });
    source.addEventListener("floor", (event) => { heard(); onFloor(JSON.parse(event.data)); });
    source.addEventListener("ping", () => { heard(); answer(); });
    source.addEventListener("signed_out", () => get("/api/me").catch(() => {}));
    source.addEventListener("error", () => {
      // A refused stream stays closed: /api/me sends to the sign-in page when the session is over.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => get("/api/me").then(connect, connect), AGAIN_MS);
    });
  }

  const looking = setInterval(() => {
    if (Date.now() - heardAt < SILENT_MS) return;
    if (!silent) onSilence(silent = true, heardAt);
    if (source.readyState !== EventSource.CONNECTING && Date.now() - heardAt > 2 * SILENT_MS) { heardAt = Date.now() - SILENT_MS; connect(); }
  }, 1000);
  window.addEventListener("online", connect);
  connect();

  return function close() {
    closed = true;
    clearInterval(looking);
    source.close();
    if (silent) onSilence(false, heardAt);
  };
}
