// A button with data-print prints the page; it is hidden where this does not run.
// Paper has nothing to unfold: what is folded is opened for it, and folded again.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

const opened = new Set();

addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open], .no-print *)")) {
    part.open = true;
    opened.add(part);
  }
});

addEventListener("afterprint", () => {
  for (const part of opened) part.open = false;
  opened.clear();
});
