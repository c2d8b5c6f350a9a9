// The four lists below the calls: one is shown; arrow keys move between them; the address remembers which.
import { at } from "./dom.js";

const SHOWN = "#show-"; // and no element's id: to one of those the browser would scroll

export function setUpTabs() {
  const tabs = [...at("tabs").children];
  const choose = (tab) => {
    for (const one of tabs) {
      const on = one === tab;
      one.setAttribute("aria-selected", String(on));
      one.tabIndex = on ? 0 : -1;
      at(one.getAttribute("aria-controls")).hidden = !on;
    }
    history.replaceState(null, "", tab.id.replace("tab-", SHOWN));
  };
  tabs.forEach((tab, place) => {
    tab.onclick = () => choose(tab);
    tab.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    };
  });
  choose(at(location.hash.replace(SHOWN, "tab-")) ?? tabs[0]);
}
