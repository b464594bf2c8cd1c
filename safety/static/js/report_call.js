// Schools as the officer types, one tap for each counter, and what excludes what.

const form = document.querySelector("form[data-schools]");
const list = document.getElementById("schools-found");
const COUNTS = ["dead", "missing", "injured", "critical"];
let timer = 0;
let asked = "";

for (const part of form.querySelectorAll("[data-count]")) part.hidden = false;

async function find(text) {
  asked = text;
  try {
    const url = `${form.dataset.schools}?q=${encodeURIComponent(text)}`;
    const response = await fetch(url, { credentials: "same-origin" });
    const found = await response.json();
    if (asked !== text) return;
    list.textContent = "";
    for (const school of found.schools) {
      const option = document.createElement("option");
      option.value = `${school.name} ${school.code}`;
      list.appendChild(option);
    }
  } catch (error) {
    // The server searches by the typed words anyway when the form is sent.
  }
}

form.elements.school.addEventListener("input", (event) => {
  clearTimeout(timer);
  const text = event.target.value.trim();
  if (text) timer = setTimeout(() => find(text), 200);
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-count]");
  if (!button) return;
  const input = button.parentElement.querySelector("input");
  const before = parseInt(input.value, 10);
  input.value = String(Math.max(0, (isNaN(before) ? 0 : before) + Number(button.dataset.count)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
});

form.addEventListener("input", (event) => {
  const target = event.target;
  if (COUNTS.indexOf(target.name) >= 0 && target.value !== "") {
    form.querySelector("input[name=people][value=counted]").checked = true;
  }
  if (target.name === "people" && target.value !== "counted") {
    for (const name of COUNTS) form.elements[name].value = "";
  }
});
