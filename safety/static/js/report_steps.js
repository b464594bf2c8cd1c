// The three short screens: one at a time, nothing chosen beforehand, counters for a thumb.

const form = document.getElementById("first-report");
const COUNTS = ["dead", "missing", "injured", "critical"];

export function chosenTile() {
  return form.querySelector("input[name=hazard]:checked");
}

function people() {
  return form.querySelector("input[name=people]:checked");
}

function countInputs() {
  return COUNTS.map((name) => form.elements[name]);
}

function anyCount() {
  return countInputs().some((input) => Number(input.value) > 0);
}

export function isAnswered() {
  const said = people();
  return Boolean(chosenTile() && said && (said.value !== "counted" || anyCount()));
}

export function peopleText(words) {
  const said = people();
  if (!said) return "";
  if (said.value !== "counted") return words.dataset[said.value];
  return countInputs()
    .filter((input) => Number(input.value) > 0)
    .map((input) => form.querySelector(`label[for=${input.id}]`).textContent.trim() + input.value)
    .join(" ");
}

function choosePeople(value) {
  const choice = form.querySelector(`input[name=people][value=${value}]`);
  if (choice) choice.checked = true;
}

function step(input, by) {
  const before = parseInt(input.value, 10);
  input.value = String(Math.max(0, (isNaN(before) ? 0 : before) + by));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// Who was counted, and "no one hurt" or "unknown", exclude each other.
function agree(target) {
  if (COUNTS.indexOf(target.name) >= 0) {
    if (target.name === "critical" && Number(target.value) > Number(form.elements.injured.value)) {
      form.elements.injured.value = target.value;
    }
    if (target.value !== "") choosePeople("counted");
  }
  if (target.name === "people" && target.value !== "counted") {
    for (const input of countInputs()) input.value = "";
  }
  if (target.name === "aware" && target.value !== "at") form.elements.aware_at.value = "";
}

function showAsks(tile) {
  let shown = 0;
  for (const choice of form.querySelectorAll("[data-hazards]")) {
    const on = Boolean(tile) && choice.dataset.hazards.split(" ").indexOf(tile.value) >= 0;
    choice.classList.toggle("is-on", on);
    if (!on) choice.querySelector("input").checked = false;
    if (on) shown += 1;
  }
  const asks = form.querySelector(".asks");
  if (asks) asks.classList.toggle("is-empty", shown === 0);
}

export function refresh(words) {
  const tile = chosenTile();
  showAsks(tile);
  const what = tile ? tile.dataset.word : "";
  const who = peopleText(words);
  form.querySelector("[data-said=what]").textContent = what;
  form.querySelector("[data-said=people]").textContent = [what, who].filter(Boolean).join(" · ");
  form.elements.summary.placeholder = (tile && tile.dataset.hint) || "";
  const aware = form.querySelector("input[name=aware]:checked");
  for (const part of form.querySelectorAll("[data-only-aware]")) {
    part.classList.toggle("is-on", Boolean(aware) && aware.value === part.dataset.onlyAware);
  }
  for (const button of form.querySelectorAll("[data-needs]")) {
    button.disabled = button.dataset.needs === "1" ? !tile : !isAnswered();
  }
}

// The place is only proposed where it is seen: what nobody saw must not be reported.
function proposePlace() {
  const tile = chosenTile();
  if (!tile || !tile.dataset.place || form.querySelector("input[name=place_kind]:checked")) return;
  const choice = form.querySelector(`input[name=place_kind][value=${tile.dataset.place}]`);
  if (choice) choice.checked = true;
}

export function show(number, focus) {
  if (number === 3) proposePlace();
  for (const part of form.querySelectorAll(".step")) {
    const here = Number(part.dataset.step) === number;
    part.classList.toggle("is-here", here);
    if (here && focus) {
      window.scrollTo(0, 0);
      const start = part.querySelector("fieldset");
      start.setAttribute("tabindex", "-1");
      start.focus({ preventScroll: true });
    }
  }
}

function go(number) {
  window.history.pushState({ step: number }, "");
  show(number, true);
}

export function begin(words, onChange) {
  form.classList.add("stepped");
  for (const part of document.querySelectorAll("[data-js]")) part.hidden = false;
  form.addEventListener("click", (event) => {
    const by = event.target.closest("[data-count]");
    if (by) step(by.parentElement.querySelector("input"), Number(by.dataset.count));
    const to = event.target.closest("[data-go]");
    if (to) go(Number(to.dataset.go));
  });
  form.addEventListener("input", (event) => {
    agree(event.target);
    refresh(words);
    onChange();
  });
  // A finger goes on at once; the arrow keys only move among the tiles.
  form.addEventListener("click", (event) => {
    const tile = event.target.closest("label.tile, .sealed-entry label.choice");
    if (tile && event.detail > 0 && event.target.tagName !== "INPUT") {
      setTimeout(() => go(2), 120);
    }
  });
  window.addEventListener("popstate", (event) => {
    show(event.state && event.state.step ? event.state.step : 1, true);
  });
  const wrong = form.querySelector(".field-wrong");
  const at = wrong ? wrong.closest(".step") : null;
  show(at ? Number(at.dataset.step) : 1, false);
  refresh(words);
}
