// One phone in each browser: the tab that holds the lock has stream and phone, the others are told by it and ask it.
// A page that holds a Web Lock is also not frozen by the browser.

const LOCK = "ringdesk-phone";

// lead() begins to have the phone and returns how to stop; onDesk and onPhone hear what the leading tab shows, and
// onWish(what, detail) what another tab wants of this one.
export function joinTabs({ lead, onDesk, onPhone, onWish, onChange }) {
  const channel = new BroadcastChannel("ringdesk");
  let retire = null;
  let waiting = null;
  let last = {};

  channel.addEventListener("message", ({ data }) => {
    if (retire) {
      if (data.hello) channel.postMessage(last);
      if (data.wish) onWish(data.wish, data.detail);
    } else {
      if (data.desk) onDesk(data.desk);
      if (data.phone) onPhone(data.phone);
    }
  });

  function begin() {
    waiting = null;
    retire = lead();
    onChange();
    return new Promise(() => {});
  }

  function stop() {
    retire?.();
    retire = null;
    last = {};
    onChange();
  }

  // In line for the lock; a lock that another tab takes away is lost, and this tab lines up again.
  function lineUp() {
    waiting = new AbortController();
    navigator.locks.request(LOCK, { signal: waiting.signal }, begin).catch(() => { if (retire) { stop(); lineUp(); } });
    channel.postMessage({ hello: true });
  }

  function take() {
    if (retire) return Promise.resolve();
    waiting?.abort();
    return new Promise((done) => {
      navigator.locks.request(LOCK, { steal: true }, () => { const held = begin(); done(); return held; })
        .catch(() => { stop(); lineUp(); });
    });
  }

  if (navigator.locks) lineUp();
  else begin();

  return {
    isLeading: () => retire !== null,
    tell(part) { last = { ...last, ...part }; channel.postMessage(part); },
    wish(what, detail) { if (retire) onWish(what, detail); else channel.postMessage({ wish: what, detail }); },
    take,
  };
}
