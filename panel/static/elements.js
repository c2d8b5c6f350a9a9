// Small helpers that make elements; text never becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/assets/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

export function button(what, label, picture, kind = "") {
  return h("button", { type: "button", class: `button ${kind}`.trim(), "data-do": what }, picture ? icon(picture) : "", label);
}

export function said(picture, ...words) {
  return h("p", { class: "said" }, icon(picture), h("span", {}, ...words));
}

// A queue's name as people read it.
export function readable(name) {
  return (name ?? "").replaceAll("_", " ");
}

// What is wrong with what was asked in a dialog; "" when nothing is.
export function wrong(dialog, text) {
  const place = dialog.querySelector(".wrong");
  place.textContent = text;
  place.hidden = !text;
}

export function since(at) {
  return h("span", { class: "timer", "data-since": at }, "0:00");
}

export function until(at) {
  return h("span", { class: "timer", "data-until": at }, "0:00");
}

// Put new children into a place, keeping the keyboard where it was and menus open.
export function fill(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.do : null;
  const open = place.querySelector("details[open]") !== null;
  place.replaceChildren(...children.flat().filter(Boolean));
  if (open) place.querySelector("details")?.setAttribute("open", "");
  if (focused) place.querySelector(`[data-do="${CSS.escape(focused)}"]`)?.focus();
}

export function toast(text) {
  const place = document.getElementById("toasts");
  const note = h("p", { class: "toast" }, text);
  place.append(note);
  setTimeout(() => note.remove(), 7000);
}
