// Every page works without this file; it makes some of them quicker or kinder.
import { initAll } from "./govuk/govuk-frontend.min.js";

initAll();

// What htmx puts into the page comes alive like the rest of it (the page itself is announced the same way).
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt !== document.body) {
    initAll({ scope: elt });
  }
});

// An autosave that fails says so where "Saved" stands, and the next one that works takes its place.
const OFFLINE =
  "Not saved. Check your connection: what you typed is still on this page, and is sent again with your next change.";
const SIGNED_OUT = "Not saved: you are signed out. What you typed is still on this page. ";

function notSaved(text, link) {
  for (const status of document.querySelectorAll("[data-save-status]")) {
    status.replaceChildren(text, ...(link ? [link] : []));
    status.classList.add("app-saved--wrong");
  }
}

function wayToSignIn(url) {
  const link = document.createElement("a");
  link.href = url;
  link.target = "_blank";
  link.className = "govuk-link";
  link.textContent = "Sign in (opens in a new tab), then come back and go on";
  return link;
}

for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, () => notSaved(OFFLINE));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  const answered = new URL(xhr.responseURL || pathInfo.requestPath, location.href);
  if (answered.pathname !== new URL(pathInfo.requestPath, location.href).pathname) {
    event.detail.shouldSwap = false; // the answer is the sign-in page, which has no place inside this one
    notSaved(SIGNED_OUT, wayToSignIn(answered.pathname));
    return;
  }
  for (const status of document.querySelectorAll("[data-save-status]")) {
    status.classList.remove("app-saved--wrong");
  }
});

// Signing in gives a new CSRF token: a page that was open before sends the one that counts now.
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
}

document.addEventListener("htmx:configRequest", ({ detail: { parameters } }) => {
  if (parameters.csrfmiddlewaretoken && csrfToken()) {
    parameters.csrfmiddlewaretoken = csrfToken();
  }
});

document.addEventListener("submit", ({ target }) => {
  const token = target.querySelector("input[name=csrfmiddlewaretoken]");
  if (token && csrfToken()) {
    token.value = csrfToken();
  }
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
