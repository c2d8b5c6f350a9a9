// Offers the phone page only when the simulator makes sound.
const reply = await fetch("/signal/sound").then((answer) => answer.json(), () => ({ sound: "no" }));
document.getElementById(reply.sound === "yes" ? "phone" : "no-phone").hidden = false;
