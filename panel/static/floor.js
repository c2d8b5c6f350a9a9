// The floor: takes whole snapshots from the stream, and shows the part that is chosen in the order that is chosen.

import { post } from "./api.js";
import { duration, serverNow, setServerTime, tick } from "./clock.js";
import { h, icon, readable, toast } from "./elements.js";
import { choices, FIRST_ORDER, inOrder, nextOrder, part, queueId } from "./floor_part.js";
import { agentRow, callbackRow, figures, queueRow, waitingRow } from "./floor_view.js";
import { earBar, floorDeeds } from "./floor_deeds.js";
import { ear } from "./floor_ear.js";
import { isPressed } from "./pressed.js";
import { openStream } from "./stream.js";

const BEAT_MS = 500;
const OLD_MS = 12_000; // two pings and a bit
const { user } = JSON.parse(document.getElementById("settings").textContent);
const ROWS = { waiting: waitingRow, callbacks: callbackRow, agents: agentRow, queues: queueRow };

let leave = () => {};

// Called whenever <main> was swapped: begins when it is the floor, ends what was there before.
export function floorPage(main, pushUrl) {
  leave();
  leave = main.dataset.page === "floor" ? begin(main, pushUrl) : () => {};
}

function begin(main, pushUrl) {
  const place = (selector) => main.querySelector(selector);
  const form = place("#floor-filters");
  const words = new URLSearchParams(location.search);
  const chosen = { merchant: words.get("merchant") ?? "", queue: words.get("queue") ?? "", state: "", find: "" };
  const order = { ...FIRST_ORDER };
  let floor = JSON.parse(place("#floor-first").textContent);
  let heardAt = null;
  let late = "";
  const dialogs = floorDeeds(main, ear);

  function draw() {
    if (isPressed(draw)) return;
    const { merchant, queue, queues } = choices(floor, chosen);
    const several = floor.merchants.length > 1 && !merchant;
    options(form.merchant, "All merchants", floor.merchants.map((one) => [one.id, one.name]), merchant);
    options(form.queue, "All queues", queues.map((row) => [queueId(row), several ? `${readable(row.queue)} · ${row.merchant.name}` : readable(row.queue)]), queue);
    const shown = part(floor, { ...chosen, merchant, queue });
    const listed = { ...shown.listed, queues: shown.queues };
    place("#floor-figures").replaceChildren(...figures(shown));
    keepingFocus(() => { for (const name of Object.keys(ROWS)) table(name, listed[name], several, shown[name].length > 0); });
    drawEar();
    place("#floor-day").textContent = days(floor, merchant);
    beat();
  }

  // One's own place in a talk, as the server says it; empty when one is in none.
  function own() {
    const agent = floor.agents.find((one) => one.with?.supervisors.some((row) => row.user_id === user));
    return { agent, mine: agent?.with.supervisors.find((row) => row.user_id === user) };
  }

  function drawEar() {
    if (isPressed(drawEar)) return;
    const { agent, mine } = own();
    const bar = place("#floor-ear");
    bar.hidden = !mine;
    keepingFocus(() => bar.replaceChildren(...(mine ? earBar(agent, mine, ear.state().state) : [])));
    bar.dataset.call = agent?.with.call_id ?? "";
  }

  // Rows are drawn anew with each snapshot; the keyboard stays where it was.
  function keepingFocus(job) {
    const { open, ear: way } = document.activeElement?.dataset ?? {};
    job();
    if (open) main.querySelector(`[data-open="${CSS.escape(open)}"]`)?.focus();
    if (way) main.querySelector(`[data-ear="${CSS.escape(way)}"]`)?.focus();
  }

  function table(name, rows, several, isAny) {
    const sheet = place(`[data-table=${name}]`);
    sheet.querySelector("tbody").replaceChildren(...inOrder(name, rows, order[name]).map((row) => ROWS[name](row, several)));
    sheet.hidden = rows.length === 0;
    place(`[data-empty=${name}]`).hidden = isAny;
    const none = place(`[data-none=${name}]`);
    if (none) none.hidden = !isAny || rows.length > 0;
    for (const cell of sheet.querySelectorAll("th[data-column]")) mark(cell, order[name]);
  }

  // Time itself makes a wait too long: no snapshot says so.
  function beat() {
    for (const one of main.querySelectorAll("[data-over-at]")) {
      const isLate = serverNow() >= Number(one.dataset.overAt);
      one.classList.toggle("over", isLate);
      if (one.matches(".badge")) one.hidden = !isLate;
    }
    const queues = [...main.querySelectorAll("tr[data-queue].over")].map((row) => row.dataset.queue).join(", ");
    if (queues !== late) place("#floor-said").textContent = queues ? `The wait is too long in ${queues}` : "No wait is too long any more";
    late = queues;
    pulse();
    tick(main);
  }

  function pulse() {
    const quietFor = heardAt === null ? null : Date.now() - heardAt;
    const isLive = quietFor !== null && quietFor < OLD_MS;
    place("#floor-pulse").dataset.live = isLive ? "yes" : quietFor === null ? "no" : "old";
    const text = isLive ? "Live" : quietFor === null ? "Connecting" : `Last update ${duration(quietFor / 1000)} ago`;
    if (place("#floor-heard").textContent !== text) place("#floor-heard").textContent = text;
  }

  const close = openStream(pushUrl, {
    onFloor: (snapshot) => { heardAt = Date.now(); setServerTime(snapshot.now); floor = snapshot; draw(); dialogs.follow(floor); ear.follow(Boolean(own().mine)); },
    onPing: () => { if (heardAt !== null) heardAt = Date.now(); },
    onSilence: () => {},
  });
  const beating = setInterval(beat, BEAT_MS);

  ear.onChange(drawEar);
  main.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    const way = event.target.closest("[data-ear]");
    if (opener) dialogs.open(opener, floor);
    if (way) listen(way);
  });

  async function listen(control) {
    const { ear: way } = control.dataset;
    const { call } = place("#floor-ear").dataset;
    try {
      if (way !== "leave") await ear.hear(control.dataset.call ?? call, way);
      else if (ear.state().call) await ear.leave();
      else await post(`/api/supervision/${call}/leave`);
    } catch (error) {
      toast(error.message);
    }
  }
  main.addEventListener("click", (event) => {
    const control = event.target.closest("[data-sort]");
    if (!control) return;
    const name = control.closest("[data-table]").dataset.table;
    order[name] = nextOrder(order[name], control.dataset.sort);
    draw();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    Object.assign(chosen, { merchant: form.merchant.value, queue: form.queue.value, state: form.state.value });
    Object.assign(chosen, { queue: choices(floor, chosen).queue });
    const kept = new URLSearchParams(Object.entries({ merchant: chosen.merchant, queue: chosen.queue }).filter(([, value]) => value));
    history.replaceState(history.state, "", location.pathname + (kept.size ? `?${kept}` : ""));
    draw();
  });

  form.find.addEventListener("input", () => { chosen.find = form.find.value; draw(); });

  setServerTime(floor.now);
  draw();
  return () => { close(); clearInterval(beating); ear.onChange(() => {}); ear.leave(); };
}

function options(select, all, pairs, value) {
  const wanted = [["", all], ...pairs];
  const known = [...select.options].map((one) => [one.value, one.text]);
  if (JSON.stringify(known) !== JSON.stringify(wanted)) select.replaceChildren(...wanted.map(([id, text]) => h("option", { value: id }, text)));
  select.value = value;
}

function mark(cell, [column, way]) {
  const button = cell.querySelector("button");
  const isSorted = cell.dataset.column === column;
  button.querySelector(".icon")?.remove();
  if (!isSorted) return cell.removeAttribute("aria-sort");
  cell.setAttribute("aria-sort", way < 0 ? "descending" : "ascending");
  button.append(icon(way < 0 ? "down" : "up"));
}

function days(floor, merchant) {
  const shown = floor.merchants.filter((one) => !merchant || one.id === merchant);
  const zones = [...new Set(shown.map((one) => one.timezone))];
  return zones.length ? `Today begins at midnight in ${zones.map((zone) => zone.replaceAll("_", " ")).join(" and ")}. Each caller counts on the day, and in the queue, of joining it. The Connect level is Amazon Connect's formula: answered or gone within the limit, of all who left the queue.` : "";
}
