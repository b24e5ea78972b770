// Two texts side by side, and a choice for each difference. Without this file the choice is made when a save button is
// pressed; with it, the form shows at once what was chosen.

function controls(form, name) {
  return [...form.elements].filter((control) => control.name === name);
}

function put(form, fields) {
  for (const [name, values] of Object.entries(fields)) {
    for (const control of controls(form, name)) {
      if (control.type === "radio" || control.type === "checkbox") {
        control.checked = values.includes(control.value);
      } else {
        control.value = values[0] ?? "";
      }
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
}

function taken(form, fields) {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, new FormData(form).getAll(name)]));
}

function setUp(difference, form) {
  const theirs = JSON.parse(difference.dataset.theirs);
  const [keepMine, takeTheirs] = difference.querySelectorAll("input[type=radio]");
  let mine = taken(form, theirs);

  keepMine.addEventListener("change", () => put(form, mine));
  takeTheirs.addEventListener("change", () => {
    mine = taken(form, theirs);
    put(form, theirs);
  });
  // Whoever goes on typing in a box keeps what is in it then.
  form.addEventListener("input", ({ target }) => {
    if (target.name in theirs) {
      keepMine.checked = true;
      mine = taken(form, theirs);
      if (target.matches("textarea, [type=text]") && Object.keys(theirs).length === 1) {
        difference.querySelector("[data-mine]").textContent = target.value || "Nothing";
      }
    }
  });
  if (takeTheirs.checked) {
    put(form, theirs);
  }
}

export function setUpConflict(section, form, choose) {
  for (const difference of section.querySelectorAll("[data-difference]")) {
    setUp(difference, form);
  }
  const button = section.querySelector("[data-save-choice]");
  button.hidden = false;
  button.addEventListener("click", choose);
}
