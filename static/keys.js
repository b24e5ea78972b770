// Filling in a section from the keyboard. Without this file Tab, the arrow keys, space and the buttons do the same.

const ANSWERS = { y: "yes", n: "no", a: "na" };

// In a focused group of Yes, No and NA the letters choose. Anywhere else they stay letters.
function answer(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key.toLowerCase() in ANSWERS)) {
    return;
  }
  const group = event.target.closest("[data-yes-no-na]");
  const chosen = group?.querySelector(`input[value="${ANSWERS[event.key.toLowerCase()]}"]`);
  if (chosen && !chosen.disabled) {
    event.preventDefault();
    chosen.focus();
    chosen.click();
  }
}

// Ctrl and Enter (or ⌘ and Enter) press "Save and continue" from wherever in the form one is.
function goOn(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const button = event.target.form?.querySelector("[data-save-and-go-on]");
    if (button) {
      event.preventDefault();
      button.click();
    }
  }
}

document.addEventListener("keydown", answer);
document.addEventListener("keydown", goOn);
