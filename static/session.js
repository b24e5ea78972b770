// A session that ends while a page is open. Two minutes before, the page asks whether anybody is there; afterwards one
// signs in again inside the page and carries on. Without this file a form that is sent too late comes back, to be sent
// again.
import { csrfToken, renewToken } from "./token.js";

const WARNING = 120;
const ONCE_A_MINUTE = 60000;
const LOOK_AGAIN = 5000;

const { person, session, sessionExtend, sessionSeconds } = document.body.dataset;
const [warning, signedOut] = ["session-warning", "signed-out"].map((id) => document.getElementById(id));
const left = warning?.querySelector("[data-left]");
const said = warning?.querySelector("[data-left-said]");
const form = signedOut?.querySelector("[data-sign-in]");

let endsAt = 0;
let seenAt = Date.now();
let timer = 0;
let counting = 0;
let isOver = false;

function secondsLeft() {
  return Math.max(0, Math.round((endsAt - Date.now()) / 1000));
}

function goesOnFor(seconds) {
  endsAt = Date.now() + seconds * 1000;
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(1, seconds - WARNING) * 1000);
}

async function ask(address, options = {}) {
  const answer = await fetch(address, options);
  return answer.status === 401 ? { person: null, seconds: 0 } : answer.json();
}

// Another tab, or a save, may have kept the session alive: only the server knows.
async function look() {
  clearTimeout(timer);
  try {
    became(await ask(session));
  } catch {
    timer = setTimeout(look, LOOK_AGAIN);
  }
}

function became(state) {
  if (String(state.person) !== person) {
    over(state.person !== null);
    return;
  }
  goesOnFor(state.seconds);
  if (signedOut.open) {
    back();
  }
  if (state.seconds > WARNING) {
    close(warning);
  } else {
    warn();
  }
}

// Somebody is there.

async function stay() {
  seenAt = Date.now();
  try {
    became(await ask(sessionExtend, { method: "POST", headers: { "X-Autosave": person, "X-CSRFToken": csrfToken() } }));
  } catch {
    look();
  }
}

function isThere({ target }) {
  if (!target.closest?.("dialog") && Date.now() - seenAt > ONCE_A_MINUTE) {
    stay();
  }
}

// Two minutes before.

function warn() {
  if (!warning.open) {
    warning.showModal();
    said.textContent = "";
  }
  clearInterval(counting);
  counting = setInterval(count, 1000);
  count();
  clearTimeout(timer);
  timer = setTimeout(look, Math.min(LOOK_AGAIN, secondsLeft() * 1000 + 500));
}

function count() {
  const seconds = secondsLeft();
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  const parts = [minutes && `${minutes} minute${minutes > 1 ? "s" : ""}`, (rest || !minutes) && `${rest} second${rest === 1 ? "" : "s"}`];
  left.textContent = parts.filter(Boolean).join(" ");
  if (!said.textContent || seconds % 30 === 0) {
    said.textContent = `You will be signed out in ${left.textContent}`;
  }
}

function close(dialog) {
  clearInterval(counting);
  if (dialog.open) {
    dialog.close();
  }
}

// Afterwards.

function over(somebodyElse) {
  close(warning);
  clearTimeout(timer);
  signedOut.toggleAttribute("data-somebody-else", somebodyElse);
  isOver = true;
  if (!signedOut.open) {
    wrong("");
    signedOut.showModal();
  }
  if (!somebodyElse) {
    form.elements.password.focus();
  }
  timer = setTimeout(look, LOOK_AGAIN);
}

function back() {
  isOver = false;
  form.reset();
  wrong("");
  signedOut.close();
  document.dispatchEvent(new CustomEvent("session:back"));
}

function wrong(text) {
  const place = signedOut.querySelector("[data-wrong]");
  place.textContent = text;
  place.hidden = !text;
  form.elements.password.setAttribute("aria-invalid", text ? "true" : "false");
}

async function signIn(renewed = false) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "X-Requested-With": "XMLHttpRequest", "X-CSRFToken": csrfToken() },
  });
  if (answer.status === 403 && !renewed && (await renewToken())) {
    return signIn(true);
  }
  if (answer.status === 429) {
    return "Somebody tried to sign in too often. Wait a few minutes, then try again";
  }
  if (answer.status === 400) {
    const { errors, fields } = (await answer.json()).form;
    return [...errors, ...Object.values(fields).flatMap((field) => field.errors)][0];
  }
  if (!answer.ok) {
    return "The service does not answer. Try again in a moment";
  }
  await look();
  return signedOut.open ? "One more step is needed. Sign in in a new tab, then come back here" : "";
}

async function pressSignIn(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    wrong(await signIn());
  } catch {
    wrong("There is no connection. What you typed is still on this page");
  }
  button.disabled = false;
  if (signedOut.open) {
    form.elements.password.focus();
  }
}

if (person && warning) {
  goesOnFor(Number(sessionSeconds));
  for (const event of ["input", "keydown", "pointerdown"]) {
    document.addEventListener(event, isThere, { passive: true });
  }
  document.addEventListener("autosave:done", () => (seenAt = Date.now()));
  document.addEventListener("session:over", look);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  window.addEventListener("focus", () => (warning.open || signedOut.open) && look());
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
  warning.querySelector("[data-stay]").addEventListener("click", stay);
  warning.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  signedOut.addEventListener("cancel", (event) => event.preventDefault());
  signedOut.addEventListener("close", () => isOver && signedOut.showModal());
  form.addEventListener("submit", pressSignIn);
}
