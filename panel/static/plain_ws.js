// For trials only: the Voice SDK speaks wss and reads WebSocket once, when it loads. So this module comes before it, and
// turns wss into ws for one host, the simulator's: plain_ws.js?host=localhost:8002. In production no page names it.

const Native = window.WebSocket;
const host = new URL(import.meta.url).searchParams.get("host");

window.WebSocket = class extends Native {
  constructor(address, protocols) {
    const url = new URL(address, location.href);
    if (url.host === host) url.protocol = "ws:";
    super(url, protocols ?? []);
  }
};
