// Keeps every clock of the page running by the server's time, not by the phone's.

const words = document.getElementById("clock-words");
const SOON_MINUTES = 5;
const STATES = ["clock-open", "clock-soon", "clock-over"];

// Milliseconds that the server's clock is ahead of this one.
let ahead = words ? Date.parse(words.dataset.now) - Date.now() : 0;

export function serverNow() {
  return Date.now() + ahead;
}

export function setServerNow(iso) {
  ahead = Date.parse(iso) - Date.now();
  tick();
}

function filled(pattern, values) {
  return pattern.replace(/%\((\w+)\)d/g, (_all, name) => String(values[name]));
}

// The same rounding as the template tag clock_face: down, in whole minutes.
export function face(due) {
  const left = due - serverNow();
  const over = left <= 0;
  const all = Math.floor(Math.abs(left) / 60000);
  const values = { days: Math.floor(all / 1440), hours: Math.floor(all / 60), minutes: all % 60 };
  const unit = all >= 1440 ? "days" : all >= 60 ? "hours" : "minutes";
  const pattern = words.dataset[`${unit}${over ? "Over" : "Left"}`];
  const state = over ? "clock-over" : left <= SOON_MINUTES * 60000 ? "clock-soon" : "clock-open";
  return { state, text: filled(pattern, values) };
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-due]")) {
    const { state, text } = face(Date.parse(clock.dataset.due));
    const place = clock.querySelector("[data-clock-text]");
    if (place.textContent !== text) place.textContent = text;
    if (!clock.classList.contains(state)) {
      clock.classList.remove(...STATES);
      clock.classList.add(state);
    }
  }
}

if (words) {
  setInterval(tick, 1000);
  document.addEventListener("htmx:load", tick);
}
