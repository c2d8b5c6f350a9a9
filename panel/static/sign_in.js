// Signing in: one request; the answer sets the cookie.

const form = document.getElementById("sign-in");
const wrong = document.getElementById("wrong");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const control = form.querySelector("button");
  control.disabled = true;
  wrong.hidden = true;
  try {
    const answer = await fetch("/api/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: form.email.value, password: form.password.value }),
    });
    const said = await answer.json();
    if (answer.ok) { location.assign(form.dataset.next); return; }
    say(said.message);
  } catch {
    say("The server cannot be reached. Check your network.");
  }
  control.disabled = false;
});

function say(text) {
  wrong.textContent = text;
  wrong.hidden = false;
  form.password.select();
}
