// The three short screens, one at a time; nothing is chosen beforehand.

import { chosenTile, isAnswered, peopleText, refreshInputs, wireInputs } from "./report_inputs.js";

const form = document.getElementById("first-report");

export function refresh(words) {
  refreshInputs(form);
  const tile = chosenTile(form);
  const what = tile ? tile.dataset.word : "";
  const said = [what, peopleText(form, words)].filter(Boolean).join(" · ");
  form.querySelector("[data-said=what]").textContent = what;
  form.querySelector("[data-said=people]").textContent = said;
  for (const button of form.querySelectorAll("[data-needs]")) {
    button.disabled = button.dataset.needs === "1" ? !tile : !isAnswered(form);
  }
}

// The place is only proposed where it is seen: what nobody saw must not be reported.
function proposePlace() {
  const tile = chosenTile(form);
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
  wireInputs(form, () => {
    refresh(words);
    onChange();
  });
  form.addEventListener("click", (event) => {
    const to = event.target.closest("[data-go]");
    if (to) go(Number(to.dataset.go));
    // A finger goes on at once; the arrow keys only move among the tiles.
    const tile = event.target.closest("label.tile, .sealed-entry label.choice");
    if (tile && event.detail > 0 && event.target.tagName !== "INPUT") setTimeout(() => go(2), 120);
  });
  window.addEventListener("popstate", (event) => {
    show(event.state && event.state.step ? event.state.step : 1, true);
  });
  const wrong = form.querySelector(".field-wrong");
  const at = wrong ? wrong.closest(".step") : null;
  show(at ? Number(at.dataset.step) : 1, false);
  refresh(words);
}
