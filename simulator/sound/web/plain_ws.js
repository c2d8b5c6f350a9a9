// The Voice SDK speaks wss only and reads WebSocket once, when it loads: so this module comes before it, and turns
// wss into ws for one host: plain_ws.js?host=localhost:8002, else the one that served the page.
const Native = window.WebSocket;
const host = new URL(import.meta.url).searchParams.get("host") ?? location.host;

window.WebSocket = class extends Native {
  constructor(address, protocols) {
    const url = new URL(address, location.href);
    if (url.host === host) url.protocol = "ws:";
    super(url, protocols ?? []);
  }
};
