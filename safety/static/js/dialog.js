// Dialogs: a button with data-dialog="<id>" opens one; data-close-dialog closes it.
// A form with data-confirm="question" is asked before it is sent. Without this file it is sent unasked.

function open(dialog) {
  if (typeof dialog.showModal === "function") dialog.showModal();
  else dialog.setAttribute("open", "");
}

function close(dialog) {
  if (typeof dialog.close === "function") dialog.close();
  else dialog.removeAttribute("open");
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) open(dialog);
    return;
  }
  const closer = event.target.closest("[data-close-dialog]");
  if (closer) close(closer.closest("dialog"));
});

const confirmDialog = document.getElementById("confirm");

function ask(form) {
  const yes = confirmDialog.querySelector("[value=yes]");
  confirmDialog.querySelector("#confirm-text").textContent = form.dataset.confirm;
  yes.textContent = form.dataset.confirmYes || yes.dataset.yes;
  yes.classList.toggle("btn-danger", "confirmDanger" in form.dataset);
  yes.classList.toggle("btn-primary", !("confirmDanger" in form.dataset));
  confirmDialog.returnValue = "";
  return new Promise((resolve) => {
    confirmDialog.addEventListener("close", () => resolve(confirmDialog.returnValue === "yes"), {
      once: true,
    });
    confirmDialog.showModal();
  });
}

// In the capture phase, so that it comes before htmx and before the once-only guard.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) return;
    if (!confirmDialog || typeof confirmDialog.showModal !== "function") {
      if (!window.confirm(form.dataset.confirm)) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = event.submitter;
    if (!(await ask(form))) return;
    form.dataset.confirmed = "1";
    if (form.requestSubmit) form.requestSubmit(button || undefined);
    else form.submit();
    delete form.dataset.confirmed;
  },
  true,
);
