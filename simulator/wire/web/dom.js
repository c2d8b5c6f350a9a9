// Elements, and lists of elements that keep those whose item did not change.
const made = new WeakMap();

export const at = (id) => document.getElementById(id);

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on") || name === "hidden" || name === "disabled") element[name] = value;
    else if (value !== "" && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

// items have an `id`; `build` makes the <li> of one; `empty` is shown when there are none.
export function list(parent, items, build, empty) {
  const had = new Map([...parent.children].map((child) => [child.dataset.id, child]));
  let place = parent.firstElementChild;
  const shown = items.length ? items : [{ id: "empty", empty }];
  for (const item of shown) {
    let element = had.get(String(item.id));
    had.delete(String(item.id));
    if (!element || isOther(made.get(element), item)) {
      const fresh = item.id === "empty" ? h("li", { class: "empty" }, item.empty) : build(item);
      fresh.dataset.id = item.id;
      made.set(fresh, item);
      if (element) place = swap(element, fresh, place);
      element = fresh;
    }
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const gone of had.values()) gone.remove();
}

function isOther(before, item) {
  return before !== item && (item.id === "empty" || JSON.stringify(before) !== JSON.stringify(item));
}

// Who had the keyboard in the old element has it in the new one.
function swap(old, fresh, place) {
  const focus = old.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  old.replaceWith(fresh);
  if (focus) fresh.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  return place === old ? fresh : place;
}
