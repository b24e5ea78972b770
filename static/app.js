// Every page works without this file; it makes some of them quicker or kinder.
import { initAll } from "./govuk/govuk-frontend.min.js";
import "./token.js";
import "./session.js";
import "./autosave.js";

initAll();

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
