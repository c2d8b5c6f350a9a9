// What the page asks of the server: JSON there and back, the session's token in a header, errors as sentences.

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function post(path, body = {}) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  });
}

export async function get(path) {
  return ask(path, {});
}

export function signInAgain() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, { ...options, credentials: "same-origin" });
  } catch {
    throw new Refused(0, "offline", "The server cannot be reached. Check your network.");
  }
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (said.error === "signed_out") signInAgain();
  throw new Refused(answer.status, said.error ?? "", said.message ?? `The server answered ${answer.status}.`);
}
