// Which part of a floor's snapshot is shown, and in which order: plain values, no page.

const STATE_ORDER = ["available", "ringing", "on_call", "on_hold", "wrap_up", "away", "unreachable", "offline"];
const LAST = Number.MAX_VALUE;

export function queueId(row) {
  return `${row.merchant?.id ?? row.merchant_id}/${row.queue}`;
}

// What can be chosen: every merchant, and the queues of the chosen one. A choice that is gone is none.
export function choices(floor, chosen) {
  const merchant = floor.merchants.some((one) => one.id === chosen.merchant) ? chosen.merchant : "";
  const queues = floor.figures.filter((row) => row.queue !== null && (!merchant || row.merchant.id === merchant));
  const queue = queues.some((row) => queueId(row) === chosen.queue) ? chosen.queue : "";
  return { merchant, queue, queues };
}

// The tables are narrowed further by an agent's state and by words; the figures are not.
export function part(floor, { merchant, queue, state = "", find = "" }) {
  const isShown = (row) => (!merchant || row.merchant.id === merchant) && (!queue || queueId(row) === queue);
  const waiting = floor.waiting.filter(isShown);
  const callbacks = floor.callbacks.filter(isShown);
  const agents = floor.agents.filter((one) => (!merchant || one.merchants.includes(merchant)) && (!queue || one.queues.some((row) => queueId(row) === queue)));
  const fits = (...texts) => wordsOf(find).every((word) => plain(texts.filter(Boolean).join(" ")).includes(word));
  const listed = {
    waiting: waiting.filter((row) => fits(row.caller, row.caller_name, row.queue, row.agent)),
    callbacks: callbacks.filter((row) => fits(row.caller, row.caller_name, row.queue, row.agent)),
    agents: agents.filter((one) => (!state || one.state === state) && fits(one.name, one.with?.caller, one.with?.caller_name)),
  };
  const queues = floor.figures.filter((row) => row.queue !== null && isShown(row)).map((row) => withCallers(row, floor.waiting));
  return { waiting, callbacks, agents, queues, listed, figure: figureOf(floor, merchant, queue) };
}

const plain = (text) => text.toLowerCase().replace(/[\s()\-_]/g, "");
const wordsOf = (text) => text.split(/\s+/).map(plain).filter(Boolean);

function figureOf(floor, merchant, queue) {
  if (queue) return floor.figures.find((row) => row.queue !== null && queueId(row) === queue);
  return floor.figures.find((row) => row.queue === null && (row.merchant?.id ?? "") === merchant);
}

function withCallers(row, waiting) {
  const callers = waiting.filter((one) => queueId(one) === queueId(row));
  const oldest = callers.length ? Math.min(...callers.map((one) => one.entered_at)) : null;
  return { ...row, waiting: callers.length, oldest_at: oldest };
}

export const longest = (rows) => (rows.length ? Math.min(...rows.map((row) => row.entered_at)) : null);

const queueName = (row) => `${row.queue} ${row.merchant.name}`.toLowerCase();

// By table and column, the value to sort by; numbers go up from the best, texts from a.
export const SORTS = {
  waiting: {
    place: (row) => row.place,
    caller: (row) => row.caller,
    queue: queueName,
    state: (row) => row.state,
    wait: (row) => -row.entered_at,
  },
  callbacks: {
    caller: (row) => row.caller,
    queue: queueName,
    state: (row) => row.state,
    since: (row) => -row.asked_at,
    next: (row) => row.next_at ?? 0,
    attempts: (row) => row.attempts_made,
  },
  agents: {
    name: (row) => row.name.toLowerCase(),
    state: (row) => STATE_ORDER.indexOf(row.state),
    since: (row) => -row.since_at,
    with: (row) => row.with?.caller ?? (row.elsewhere ? "~" : "~~"),
  },
  queues: {
    queue: queueName,
    waiting: (row) => row.waiting,
    longest: (row) => (row.oldest_at === null ? -LAST : -row.oldest_at),
    answered: (row) => row.answered,
    abandoned: (row) => row.abandoned,
    missed: (row) => row.missed,
    voicemails: (row) => row.voicemails,
    speed: (row) => row.speed_of_answer_seconds ?? -1,
    level: (row) => row.service_level ?? 2,
    connect: (row) => row.connect_service_level ?? 2,
  },
};
const LEAST_FIRST = new Set(["place", "caller", "queue", "state", "name", "with", "level", "connect", "next", "attempts"]);
export const FIRST_ORDER = { waiting: ["wait", -1], callbacks: ["next", 1], agents: ["state", 1], queues: ["queue", 1] };

// The order after a click on a column: the other way round when it is the present one.
export function nextOrder([column, way], clicked) {
  return clicked === column ? [column, -way] : [clicked, LEAST_FIRST.has(clicked) ? 1 : -1];
}

export function inOrder(name, rows, [column, way]) {
  const value = SORTS[name][column];
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return [...rows].sort((a, b) => way * compare(value(a), value(b)));
}
