// The receipt stays true while it is open: who of the duty rooms has signed, what was done.

import { csrfToken } from "./app.js";

const part = document.getElementById("answers");
const SECONDS = 10;

async function look() {
  if (document.hidden) return;
  try {
    const response = await fetch(part.dataset.refresh, { credentials: "same-origin" });
    if (response.ok && !response.redirected) part.innerHTML = await response.text();
  } catch (error) {
    // The next look may succeed; what is on the screen was true when it came.
  }
}

part.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button || !window.fetch) return;
  event.preventDefault();
  button.disabled = true;
  try {
    await fetch(event.target.action, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      body: new URLSearchParams([["kind", button.value]]),
    });
  } catch (error) {
    button.disabled = false;
    return;
  }
  look();
});

setInterval(look, SECONDS * 1000);
document.addEventListener("visibilitychange", look);
