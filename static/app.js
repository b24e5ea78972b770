// Every page works without this file; it makes some of them quicker or kinder.
import { initAll } from "./govuk/govuk-frontend.min.js";
import "./token.js";
import "./session.js";
import "./autosave.js";

initAll();

// A form that is sent without a connection would end in the browser's own page, and with it what was typed.
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (navigator.onLine || event.defaultPrevented) {
    return;
  }
  event.preventDefault();
  const told = target.querySelector("[data-no-connection]") ?? document.createElement("p");
  told.dataset.noConnection = "";
  told.className = "govuk-error-message";
  told.setAttribute("role", "alert");
  told.textContent = "Not sent: no connection. What you typed is still here; press again when the connection is back.";
  (submitter?.form === target ? submitter : target.lastElementChild).before(told);
});

window.addEventListener("online", () => {
  document.querySelectorAll("[data-no-connection]").forEach((told) => told.remove());
});

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
