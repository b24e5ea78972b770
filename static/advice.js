// Advice on what is being typed (data-advice: the address that gives it, data-advice-on: the form). Nothing is saved.
// Without this file the form has a button that asks for it.

const WAIT = 800;

for (const panel of document.querySelectorAll("[data-advice]")) {
  const form = document.querySelector(panel.dataset.adviceOn);
  let waiting = 0;
  let asked = 0;

  async function ask() {
    const number = ++asked;
    try {
      const answer = await fetch(panel.dataset.advice, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        redirect: "error",
      });
      const advice = answer.ok ? await answer.text() : "";
      // A screen reader reads what changes: the same advice is not put there again.
      if (number === asked && advice && advice !== panel.dataset.given) {
        panel.dataset.given = advice;
        panel.innerHTML = advice;
      }
    } catch {
      // No connection, no advice: saving says so, this does not.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  });
}
