// Forms that save by themselves (data-autosave: the address to save to). Without this file a press of "Save" is all
// there is. Nothing of what is typed is kept in the browser: what is not saved yet lives in the page alone, which says
// so, tries again and again, and asks before it is closed.
import { setUpConflict } from "./conflict.js";
import { csrfToken, renewToken } from "./token.js";

const TYPING = 2000; // after the last keystroke
const AT_MOST = 8000; // after the first one that is not saved
const CHOOSING = 400;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30000;
const BEYOND_THE_PAGE = 60000; // bytes that a browser still sends for a page that is gone
const TWO_PRESSES = 3000;
const CHOICE = "keep~"; // the choices of a conflict, in whose place the form itself speaks
const OWN_FIELDS = new Set(["csrfmiddlewaretoken", "version", "typed_by"]);

const NO_CONNECTION = "Not saved: no connection. What you typed is still on this page and is saved when the connection is back.";
const NO_ANSWER = "Not saved: the service does not answer. What you typed is still on this page; saving is tried again by itself.";
const SIGNED_OUT = "Not saved: you are signed out. What you typed is still on this page.";
const SOMEBODY_ELSE = "Not saved: somebody else has signed in. What you typed is not saved under their name.";
const REFUSED = "Not saved: you can no longer change this. Copy what you typed before you leave.";
const OVERTAKEN = "Not saved: this was changed somewhere else. ";
const OFFLINE = "No connection. What you type stays on this page and is saved when the connection is back.";

const savers = [];

/** Everything that is not saved yet is sent; true when all of it arrived. */
export async function saveAll() {
  const done = await Promise.all(savers.map((saver) => saver.save()));
  return done.every(Boolean);
}

// A browser may fill a form again with what was typed before the page was loaded anew: that is not what is stored.
function isAsServed(form) {
  return [...form.elements].every((control) => {
    if (control.type === "radio" || control.type === "checkbox") {
      return control.checked === control.defaultChecked;
    }
    return control.type === "hidden" || !("defaultValue" in control) || control.value === control.defaultValue;
  });
}

class Saver {
  sent = 0; // how often something was sent
  heard = 0; // the last of those that was answered with "saved"
  unanswered = []; // what was sent without an answer so far: what is stored may be one of these
  shown = new Map(); // the parts of the page that the last answer brought, by id
  wait = FIRST_WAIT;
  conflict = null;
  failing = false;

  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-save-status]");
    this.saved = isAsServed(form) ? this.content() : null;
    const conflict = form.querySelector("[data-conflict]");
    if (conflict) {
      this.open(conflict);
    } else if (this.unsaved) {
      this.at(CHOOSING);
    }
    form.addEventListener("input", (event) => this.later(event, TYPING));
    form.addEventListener("change", (event) => this.later(event, CHOOSING));
    form.addEventListener("submit", (event) => this.press(event));
  }

  content() {
    const fields = [...new FormData(this.form)].filter(([name]) => !OWN_FIELDS.has(name) && !name.startsWith(CHOICE));
    return new URLSearchParams(fields).toString();
  }

  get unsaved() {
    return this.conflict !== null || this.content() !== this.saved;
  }

  later({ target }, pause) {
    if (this.conflict || target.closest("[data-conflict]") || !this.unsaved) {
      return;
    }
    this.since ??= Date.now();
    this.wait = FIRST_WAIT;
    this.at(Math.min(pause, Math.max(0, this.since + AT_MOST - Date.now())));
  }

  at(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** Sends what is not saved. True when all of it is, false when it has to wait. */
  async save() {
    clearTimeout(this.timer);
    while (this.sending) {
      await this.sending;
    }
    if (this.conflict || !this.unsaved) {
      return !this.conflict;
    }
    return this.underWay(this.send());
  }

  /** The page goes: what is not saved is sent now, whether or not anybody is left to hear the answer. */
  flush() {
    if (this.unsaved && !this.conflict && this.unanswered.at(-1) !== this.content()) {
      this.underWay(Promise.all([this.send(), this.sending]).then(([done]) => done));
    }
  }

  underWay(sending) {
    const ended = sending.finally(() => {
      if (this.sending === ended) {
        this.sending = null;
      }
    });
    this.sending = ended;
    return ended;
  }

  async send(renewed = false) {
    const content = this.content();
    const number = ++this.sent;
    this.since = null;
    let answer, text;
    try {
      answer = await this.post(content);
      text = answer.redirected ? "" : await answer.text();
    } catch {
      return this.failed(number, navigator.onLine ? NO_ANSWER : NO_CONNECTION);
    }
    if (answer.status === 403 && !renewed && (await renewToken())) {
      return this.send(true);
    }
    return this.answered(answer.redirected ? 0 : answer.status, text, content, number);
  }

  post(content) {
    const body = this.body(content);
    if (!this.unanswered.includes(content)) {
      this.unanswered = [...this.unanswered, content].slice(-3);
    }
    return fetch(this.form.dataset.autosave, {
      method: "POST",
      body,
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Autosave": document.body.dataset.person ?? "",
        "X-CSRFToken": csrfToken(),
      },
      // The page may be left while this is under way: it arrives all the same.
      keepalive: body.length < BEYOND_THE_PAGE,
    });
  }

  body(content) {
    const about = new URLSearchParams({ version: this.form.elements.version.value });
    for (const sent of this.unanswered) {
      about.append("before", sent);
    }
    const whole = `${content}&${about}`;
    return whole.length < BEYOND_THE_PAGE ? whole : `${content}&version=${this.form.elements.version.value}`;
  }

  answered(status, text, content, number) {
    const answer = new DOMParser().parseFromString(text, "text/html").body;
    const told = answer.querySelector("[data-saved-version]");
    const conflict = answer.querySelector("[data-conflict]");
    if (status === 200 && told) {
      return this.arrived(told, answer, content, number);
    }
    if (status >= 400 && status < 500) {
      this.unanswered = this.unanswered.filter((sent) => sent !== content);
    }
    if (number < this.sent) {
      return false; // what was sent after it decides
    }
    switch (status) {
      case 409:
        this.overtaken(conflict);
        return false;
      case 401:
      case 403:
        document.dispatchEvent(new CustomEvent("session:over"));
        return this.failed(number, text.includes('"person": null') ? SIGNED_OUT : SOMEBODY_ELSE, false);
      case 422:
        return this.failed(number, answer.textContent.trim(), false);
      case 404:
        return this.failed(number, REFUSED, false);
    }
    return this.failed(number, NO_ANSWER);
  }

  arrived(told, answer, content, number) {
    this.unanswered = this.unanswered.slice(this.unanswered.indexOf(content) + 1);
    if (number < this.heard) {
      return false;
    }
    this.heard = number;
    this.form.elements.version.value = told.dataset.savedVersion;
    this.saved = content;
    this.wait = FIRST_WAIT;
    this.failing = false;
    this.say(told.textContent.trim(), "notAll" in told.dataset);
    this.replace(answer.querySelectorAll("[data-part][id]"));
    this.form.dispatchEvent(new CustomEvent("autosave:done", { bubbles: true }));
    if (this.unsaved) {
      this.at(TYPING);
    }
    return !this.unsaved;
  }

  // What was said already is not said again to a screen reader.
  replace(parts) {
    for (const part of parts) {
      const place = document.getElementById(part.id);
      if (place && this.shown.get(part.id) !== part.innerHTML && place.innerHTML.trim() !== part.innerHTML.trim()) {
        place.replaceChildren(...[...part.childNodes].map((node) => document.importNode(node, true)));
      }
      this.shown.set(part.id, part.innerHTML);
    }
  }

  failed(number, text, again = true) {
    if (number < this.sent) {
      return false;
    }
    this.failing = true;
    this.say(text, true);
    if (again) {
      this.at(this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    }
    return false;
  }

  say(text, wrong = false, ...more) {
    this.status?.replaceChildren(text, ...more);
    this.status?.classList.toggle("app-saved--wrong", wrong);
  }

  overtaken(conflict) {
    const section = document.importNode(conflict, true);
    section.setAttribute("role", "alert");
    this.form.prepend(section);
    this.open(section);
    const link = document.createElement("a");
    link.href = `#${section.id}`;
    link.className = "govuk-link";
    link.textContent = "Compare both texts and choose";
    this.say(OVERTAKEN, true, link);
  }

  open(section) {
    this.conflict = section;
    setUpConflict(section, this.form, () => this.choose());
  }

  show(section) {
    section.focus({ preventScroll: true });
    section.scrollIntoView({ block: "start" });
  }

  /** The person has seen both texts: what is in the form now takes the place of what is stored. */
  async choose() {
    this.form.elements.version.value = this.conflict.dataset.version;
    this.conflict.remove();
    this.conflict = null;
    this.saved = null;
    this.say("");
    this.form.setAttribute("tabindex", "-1");
    this.form.focus({ preventScroll: true });
    await this.save();
    if (this.conflict) {
      this.show(this.conflict);
    }
  }

  /** A press of a save button saves first what is not saved, so that no page meets its own version; then it goes on. */
  async press(event) {
    if (this.conflict) {
      event.preventDefault();
      this.show(this.conflict);
    } else if (this.pressed || this.isGone) {
      event.preventDefault(); // a second press changes nothing
    } else if (!this.unsaved && !this.sending) {
      this.isGone = true;
      setTimeout(() => (this.isGone = false), TWO_PRESSES);
    } else {
      event.preventDefault();
      this.pressed = true;
      const { submitter } = event;
      const done = await this.save();
      this.pressed = false;
      if (done) {
        this.form.requestSubmit(submitter);
      } else if (this.conflict) {
        this.show(this.conflict);
      }
    }
  }

  /** What is sent while the page goes arrives. Where it cannot be sent, the browser asks before it closes the page. */
  get wouldBeLost() {
    return this.unsaved && (this.conflict !== null || this.failing || this.content().length >= BEYOND_THE_PAGE);
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) {
  savers.push(new Saver(form));
}

function flushAll() {
  savers.forEach((saver) => saver.flush());
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    flushAll();
  }
});
window.addEventListener("pagehide", flushAll);
window.addEventListener("beforeunload", (event) => {
  if (savers.some((saver) => saver.wouldBeLost)) {
    event.preventDefault();
  }
});

window.addEventListener("online", saveAll);
document.addEventListener("session:back", saveAll);
window.addEventListener("offline", () => savers.forEach((saver) => saver.conflict ?? saver.say(OFFLINE, true)));

// Signing out, or any other form of the page, waits until what was typed is saved. Where it cannot be, the browser asks.
const asked = new WeakSet();

document.addEventListener("submit", async (event) => {
  const { target, submitter } = event;
  const waits = !target.matches("[data-autosave], [data-concern-press], [data-sign-in]") && !asked.has(target);
  if (event.defaultPrevented || !waits || !savers.some((saver) => saver.unsaved)) {
    return;
  }
  event.preventDefault();
  await saveAll();
  asked.add(target);
  target.requestSubmit(submitter);
  asked.delete(target);
});
