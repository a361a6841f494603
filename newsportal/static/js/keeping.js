// Keeps the form of an article on the server while it is written, and tells the server that it is
// open. What it keeps is a working copy: nothing is saved, and nobody else sees it.

// A page in another language brings its words along (words-*.js); they stand in globalThis.portalWords.
const gettext = (words) => globalThis.portalWords?.[words] ?? words;

const EVERY_MS = 20_000;
// What a browser lets a page send that is about to go.
const MOST_ON_LEAVING = 60_000;

const place = document.getElementById("writing-kept");
const form = document.getElementById("article_form");
if (place?.dataset.keep && form) {
  let known = stateOf(form);
  let isSent = false;
  let underway = null;

  const keep = async (isLeaving) => {
    if (isSent) {
      return;
    }
    const state = stateOf(form);
    const isChanged = state !== known;
    if (isLeaving && !isChanged) {
      return;
    }
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (isChanged || name === "csrfmiddlewaretoken") {
        body.append(name, value);
      }
    }
    underway = new AbortController();
    try {
      const answer = await fetch(place.dataset.keep, {
        method: "POST",
        body,
        signal: underway.signal,
        keepalive: isLeaving && body.toString().length < MOST_ON_LEAVING,
      });
      await hear(answer, () => {
        known = state;
      });
    } catch (error) {
      if (error.name !== "AbortError") {
        tell(gettext("This could not be kept just now: the portal does not answer."), true);
      }
    }
  };

  const hear = async (answer, isKept) => {
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!isOurs) {
      tell(gettext("This could not be kept. Are you still signed in? Look in another tab."), true);
      return;
    }
    isKept();
    const { told } = await answer.json();
    if (told || place.classList.contains("is-warning")) {
      tell(told, !answer.ok);
    }
  };

  const tell = (words, isWarning) => {
    // The same words again would be read out again.
    if (place.textContent !== words) {
      place.textContent = words;
    }
    place.classList.toggle("is-warning", isWarning);
  };

  setInterval(() => keep(false), EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      keep(true);
    }
  });
  addEventListener("pagehide", () => keep(true));
  form.addEventListener("submit", () => {
    isSent = true;
    underway?.abort();
  });
}

// What stands in the form, whichever of the two fields of its text is in use.
function stateOf(form) {
  const ignored = new Set(["csrfmiddlewaretoken", "written", "body", "rich"]);
  const entries = [...new FormData(form)].filter(([name]) => !ignored.has(name));
  const { body, rich } = form.elements;
  return JSON.stringify([...entries, body?.value, rich?.value]);
}
