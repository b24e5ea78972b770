// The section page of an audit saves by itself. Without this file a press of "Save" does the same.

const form = document.querySelector("[data-section-form]");

// The grades that the limiting judgements leave: the server decides, this only shows what it said. Without this file
// every grade can be chosen, together with the answers that make it available, and the server says what is refused.
function showGrades() {
  const told = form.querySelector("[data-available]");
  if (!told) {
    return;
  }
  const available = told.dataset.available.split(" ");
  for (const radio of form.querySelectorAll("[data-grades] input[name=grade]")) {
    radio.disabled = radio.value !== "not_applicable" && !available.includes(radio.value);
  }
}

// What was said already is not said again to a screen reader.
function sayOnce(event) {
  const [before, after] = [event.detail.target, event.detail.fragment].map((part) => part.querySelector("[data-available]"));
  if (before && after && before.outerHTML === after.outerHTML) {
    event.detail.shouldSwap = false;
  }
}

// A press of "Save" while a save is under way waits for it, so that nobody meets their own version as a conflict.
let saving = false;
let pressed = null;

form.addEventListener("htmx:beforeRequest", () => {
  saving = true;
});

form.addEventListener("htmx:afterRequest", () => {
  saving = false;
  if (pressed) {
    form.requestSubmit(pressed);
  }
});

form.addEventListener("submit", (event) => {
  if (saving) {
    event.preventDefault();
    pressed = event.submitter;
  }
});

// Beside the questions there is room for the descriptor of Good; above them, on a small screen, there is not.
if (window.matchMedia("(min-width: 1024px)").matches) {
  form.querySelector("[data-open-where-wide]")?.setAttribute("open", "");
}

document.addEventListener("htmx:oobBeforeSwap", sayOnce);
document.addEventListener("htmx:oobAfterSwap", showGrades);
showGrades();
