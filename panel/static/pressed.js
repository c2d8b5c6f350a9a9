// Nothing is redrawn under a mouse button or finger that is down: the click of a button replaced meanwhile would be lost.

const LONGEST = 5000; // ms: some presses never end, as those that drag something out of the window
const putOff = new Set();
let pressed = false;

addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  pressed = true;
  setTimeout(release, LONGEST);
}, true);
for (const over of ["pointerup", "pointercancel"]) addEventListener(over, () => setTimeout(release), true);
addEventListener("blur", () => setTimeout(release)); // the window's own: a press takes the focus from another control, too

// Whether something is pressed now; then `draw` is called as soon as the click is over.
export function isPressed(draw) {
  if (pressed) putOff.add(draw);
  return pressed;
}

function release() {
  pressed = false;
  const late = [...putOff];
  putOff.clear();
  for (const draw of late) draw();
}
