// What depends on another answer shows only with that answer. Without this file it always shows.

const HIDDEN = "govuk-radios__conditional--hidden";

function isShown(element) {
  const { shownWhen, shownAnswers } = element.dataset;
  const given = [...document.querySelectorAll(`[name="${CSS.escape(shownWhen)}"]:checked`)];
  return given.some((input) => shownAnswers.split(" ").includes(input.value));
}

function showOrHide() {
  for (const element of document.querySelectorAll("[data-shown-when]")) {
    element.classList.toggle(HIDDEN, !isShown(element));
  }
}

document.addEventListener("change", showOrHide);
showOrHide();
