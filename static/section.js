// What the section page of an audit shows between two saves. Without this file a press of "Save" shows it.

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

// Beside the questions there is room for the descriptor of Good; above them, on a small screen, there is not.
if (window.matchMedia("(min-width: 1024px)").matches) {
  document.querySelector("[data-open-where-wide]")?.setAttribute("open", "");
}

document.addEventListener("autosave:done", showGrades);
showGrades();
