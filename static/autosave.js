// A form that saves by itself (data-autosave): a press of "Save" while a save is under way waits for it, so that nobody
// meets their own version as a conflict. Without this file a press of "Save" is all there is.

for (const form of document.querySelectorAll("form[data-autosave]")) {
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
}
