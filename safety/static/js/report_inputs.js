// The inputs that the first report and the telephone form share: counters for a thumb, what
// excludes what, and questions that only appear where they belong.

const COUNTS = ["dead", "missing", "injured", "critical"];

export function chosenTile(form) {
  return form.querySelector("input[name=hazard]:checked");
}

function countInputs(form) {
  return COUNTS.map((name) => form.elements[name]);
}

function people(form) {
  return form.querySelector("input[name=people]:checked");
}

export function isAnswered(form) {
  const said = people(form);
  const counted = countInputs(form).some((input) => Number(input.value) > 0);
  return Boolean(chosenTile(form) && said && (said.value !== "counted" || counted));
}

export function peopleText(form, words) {
  const said = people(form);
  if (!said) return "";
  if (said.value !== "counted") return words.dataset[said.value];
  return countInputs(form)
    .filter((input) => Number(input.value) > 0)
    .map((input) => form.querySelector(`label[for=${input.id}]`).textContent.trim() + input.value)
    .join(" ");
}

function step(input, by) {
  const before = parseInt(input.value, 10);
  input.value = String(Math.max(0, (isNaN(before) ? 0 : before) + by));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// Who was counted, and "no one hurt" or "unknown", exclude each other.
function agree(form, target) {
  const injured = form.elements.injured;
  if (COUNTS.indexOf(target.name) >= 0) {
    if (target.name === "critical" && Number(target.value) > Number(injured.value)) {
      injured.value = target.value;
    }
    const counted = form.querySelector("input[name=people][value=counted]");
    if (target.value !== "") counted.checked = true;
  }
  if (target.name === "people" && target.value !== "counted") {
    for (const input of countInputs(form)) input.value = "";
  }
  if (target.name === "aware" && target.value !== "at") form.elements.aware_at.value = "";
}

function showAsks(form) {
  const tile = chosenTile(form);
  let shown = 0;
  for (const choice of form.querySelectorAll("[data-hazards]")) {
    const on = Boolean(tile) && choice.dataset.hazards.split(" ").indexOf(tile.value) >= 0;
    choice.classList.toggle("is-shown", on);
    if (!on) choice.querySelector("input").checked = false;
    if (on) shown += 1;
  }
  const asks = form.querySelector(".asks");
  if (asks) asks.classList.toggle("is-empty", shown === 0);
}

export function refreshInputs(form) {
  const tile = chosenTile(form);
  showAsks(form);
  form.elements.summary.placeholder = (tile && tile.dataset.hint) || "";
  const aware = form.querySelector("input[name=aware]:checked");
  for (const part of form.querySelectorAll("[data-only-aware]")) {
    part.classList.toggle("is-shown", Boolean(aware) && aware.value === part.dataset.onlyAware);
  }
}

export function wireInputs(form, onChange) {
  form.classList.add("has-script");
  for (const part of document.querySelectorAll("[data-js]")) part.hidden = false;
  form.addEventListener("click", (event) => {
    const by = event.target.closest("[data-count]");
    if (by) step(by.parentElement.querySelector("input"), Number(by.dataset.count));
  });
  form.addEventListener("input", (event) => {
    agree(form, event.target);
    refreshInputs(form);
    onChange();
  });
  refreshInputs(form);
}
