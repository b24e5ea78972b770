// Every page works without this file; it makes some of them quicker or kinder.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();

// What htmx puts into the page comes alive like the rest of it (the page itself is announced the same way).
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt !== document.body) {
    initAll({ scope: elt });
  }
});

// An autosave that fails says so where "Saved" stands, and stops saying so after the next that works.
const NOT_SAVED =
  "Not saved. Check your connection: what you typed is still on this page, and is sent again with your next change.";

function showNotSaved() {
  for (const status of document.querySelectorAll("[data-save-status]")) {
    status.textContent = NOT_SAVED;
    status.classList.add("app-saved--wrong");
  }
}

function clearNotSaved() {
  for (const status of document.querySelectorAll("[data-save-status]")) {
    status.classList.remove("app-saved--wrong");
  }
}

document.addEventListener("htmx:sendError", showNotSaved);
document.addEventListener("htmx:timeout", showNotSaved);
document.addEventListener("htmx:responseError", showNotSaved);
document.addEventListener("htmx:beforeSwap", clearNotSaved);

// A select with data-submit-on-change saves the press of its form's button.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit-on-change]")) {
    event.target.form.requestSubmit();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) {
    window.print();
  }
});

// Paper cannot be pressed: what is folded away is printed open, then folded again.
const folded = [];

window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open])")) {
    details.open = true;
    folded.push(details);
  }
});

window.addEventListener("afterprint", () => {
  for (const details of folded.splice(0)) {
    details.open = false;
  }
});
