// The page's beginning: the desk lives as long as the page, <main> is swapped under it.

import { post, signInAgain } from "./api.js";
import { localTimes, tick } from "./clock.js";
import { doings, nameTab, startDesk } from "./desk.js";
import { toast } from "./elements.js";
import { floorPage } from "./floor.js";
import { startForms, wakeForms } from "./forms.js";
import { startPlayers } from "./player.js";

const settings = JSON.parse(document.getElementById("settings").textContent);

function enhance() {
  const main = document.getElementById("main");
  for (const link of document.querySelectorAll("[data-nav]")) {
    if (link.dataset.nav === main.dataset.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  for (const cell of main.querySelectorAll(".rows td")) cell.classList.toggle("blank", cell.textContent.trim() === "–");
  localTimes(main);
  startPlayers(main, reloadMain);
  floorPage(main, settings.push);
  wakeForms(main);
  tick();
}

function reloadMain() {
  window.htmx.ajax("GET", location.pathname + location.search, { target: "#main", select: "#main", swap: "outerHTML" });
}

// A page that was loaded again may have led elsewhere: a call's page to its ticket.
function followRedirect(answer) {
  if (answer?.redirected && answer.url.startsWith(location.origin)) history.replaceState(history.state, "", answer.url);
}

async function act(control) {
  const [what, detail] = control.dataset.do.split(":");
  const deed = what === "sign-out" ? signOut : doings[what];
  control.disabled = true;
  try {
    await deed(detail);
  } catch (error) {
    toast(error.message);
  } finally {
    control.disabled = false;
  }
}

async function signOut() {
  await post("/api/logout");
  location.assign("/login");
}

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-do]");
  if (control) act(control);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || control || event.target.closest("a")) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelector("details.menu[open]")?.removeAttribute("open");
});
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail?.ctx?.response?.raw?.url?.includes("/login")) { event.preventDefault(); signInAgain(); }
});
document.addEventListener("htmx:after:swap", (event) => {
  followRedirect(event.detail?.ctx?.response?.raw);
  enhance();
  document.getElementById("main").focus({ preventScroll: true });
});
document.addEventListener("htmx:finally:swap", nameTab); // htmx has named the tab after the page
document.addEventListener("htmx:after:history:push", () => window.scrollTo(0, 0));

startForms(reloadMain);
enhance();
if (settings.desk) {
  startDesk(settings.push, {
    onCallOver: () => { if (document.getElementById("main").dataset.page === "desk") reloadMain(); },
  });
}
