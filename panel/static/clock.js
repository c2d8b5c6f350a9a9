// Timers that follow the server's clock: elements say since when, until when, or between which moments they count.

let ahead = 0;

export function setServerTime(now) {
  ahead = now - Date.now() / 1000;
}

export function serverNow() {
  return Date.now() / 1000 + ahead;
}

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function tick(root = document) {
  const now = serverNow();
  for (const timer of root.querySelectorAll("[data-since]")) show(timer, now - Number(timer.dataset.since));
  for (const timer of root.querySelectorAll("[data-until]")) show(timer, Math.ceil(Number(timer.dataset.until) - now));
  for (const bar of root.querySelectorAll("[data-bar]")) {
    const [from, until] = bar.dataset.bar.split(" ").map(Number);
    bar.style.setProperty("--left", String(Math.min(1, Math.max(0, (until - now) / (until - from)))));
  }
}

export function localTimes(root = document) {
  const today = new Date().toDateString();
  for (const element of root.querySelectorAll("time[data-show]")) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const day = at.toDateString() === today && element.dataset.show === "short" ? {} : { day: "numeric", month: "short" };
    const seconds = element.dataset.show === "long" ? { year: "numeric", second: "2-digit", timeZoneName: "short" } : {};
    element.textContent = new Intl.DateTimeFormat(undefined, { ...day, hour: "numeric", minute: "2-digit", ...seconds }).format(at);
    element.title = at.toString();
  }
}

function show(timer, seconds) {
  const text = duration(seconds);
  if (timer.textContent !== text) timer.textContent = text;
}
