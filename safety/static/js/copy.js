// A button with data-copy="<id>" copies the text of that element; hidden where that cannot work.

import { toast } from "./toast.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    toast(button.textContent.trim() + " ✓");
  });
}
