// One phone in each browser: the tab that holds the lock has stream and phone, the others are told by it.
// A page that holds a Web Lock is also not frozen by the browser.

export function joinTabs({ lead, onDesk, onWish }) {
  const channel = new BroadcastChannel("ringdesk");
  let leading = false;
  let last = null;

  channel.addEventListener("message", ({ data }) => {
    if (data.desk && !leading) onDesk(data.desk);
    if (data.hello && leading && last) channel.postMessage({ desk: last });
    if (data.wish && leading) onWish(data.wish);
  });

  function begin() {
    leading = true;
    lead();
    return new Promise(() => {});
  }

  if (navigator.locks) {
    navigator.locks.request("ringdesk-phone", begin);
    channel.postMessage({ hello: true });
  } else begin();

  return {
    isLeading: () => leading,
    tell(desk) { last = desk; channel.postMessage({ desk }); },
    wish(wish) { if (leading) onWish(wish); else channel.postMessage({ wish }); },
  };
}
