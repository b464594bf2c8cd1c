// Short words about what was just done. Other code says them with toast("…") or, through
// htmx, with the answer header HX-Trigger: {"toast": {"level": "success", "text": "…"}}.

const place = document.querySelector("[data-toasts]");
const SECONDS = 8;

function close(item) {
  item.remove();
}

// An error stays until it is closed by hand.
function leaveLater(item) {
  if (!item.classList.contains("toast-error")) setTimeout(() => close(item), SECONDS * 1000);
}

export function toast(text, level = "success") {
  if (!place) return;
  const item = document.createElement("div");
  item.className = `toast toast-${level}`;
  const words = document.createElement("span");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.closeToast = "";
  button.setAttribute("aria-label", place.dataset.close);
  button.textContent = "×";
  item.append(words, button);
  place.append(item);
  leaveLater(item);
}

document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-close-toast]");
  if (button) close(button.closest(".toast"));
});

if (place) for (const item of place.children) leaveLater(item);
