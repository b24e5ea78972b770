// The token with which a page's own forms are told from another site's. Signing in gives a new one, in any tab.

export function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

/** True when there is another token now than there was. */
export async function renewToken() {
  const before = csrfToken();
  try {
    await fetch(document.body.dataset.session, { headers: { Accept: "application/json" } });
  } catch {
    return false;
  }
  return csrfToken() !== before;
}

// What a form sends counts for the person of its page, with the token of this moment.
document.addEventListener(
  "submit",
  ({ target }) => {
    const token = target.querySelector("input[name=csrfmiddlewaretoken]");
    if (!token) {
      return;
    }
    token.value = csrfToken() || token.value;
    const person = document.body.dataset.person;
    if (person && !target.elements.typed_by) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "typed_by", value: person });
      target.append(field);
    }
  },
  { capture: true },
);
