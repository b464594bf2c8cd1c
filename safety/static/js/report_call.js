// The telephone form: schools as the officer types, and the inputs of the first report.

import { wireInputs } from "./report_inputs.js";

const form = document.querySelector("form[data-schools]");
const list = document.getElementById("schools-found");
let timer = 0;
let asked = "";

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

wireInputs(form, () => {});
