// The section pages of an audit: everything here works without it, only with one more press of "Save".

const form = document.querySelector("[data-section-form]");

// A question that depends on another answer shows only with that answer.
function showQuestions() {
  for (const question of form.querySelectorAll("[data-shown-when]")) {
    const given = form.querySelectorAll(`[name="${CSS.escape(question.dataset.shownWhen)}"]:checked`);
    const wanted = question.dataset.shownAnswers.split(" ");
    question.hidden = ![...given].some((input) => wanted.includes(input.value));
  }
}

// The grades that the limiting judgements leave: the server decides, this only shows what it said.
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
  const { target, fragment } = event.detail;
  if (target.id === "ceiling" && target.textContent.trim() === fragment.textContent.trim()) {
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

form.addEventListener("change", showQuestions);
document.addEventListener("htmx:oobBeforeSwap", sayOnce);
document.addEventListener("htmx:oobAfterSwap", showGrades);
showQuestions();
showGrades();
