// What pages gain from JavaScript: drafts that survive, forms that open in place, a word when
// something fails. Every page works without it.
(() => {
  "use strict";

  const PREFIX = "draft:";
  const SENT = "draft-sent";
  const live = document.getElementById("live");
  const { reading } = document.currentScript.dataset;

  // --- Words, for the modules too: in English as they stand, else as words-*.js has brought them
  const words = globalThis.portalWords ?? {};
  const FORMS = ["one", "few", "many"];
  const formOf = (count) =>
    FORMS.indexOf(new Intl.PluralRules(document.documentElement.lang).select(count));
  const gettext = (text) => words[text] ?? text;
  const ngettext = (one, many, count) =>
    words[one]?.[formOf(count)] ?? (count === 1 ? one : many);
  const interpolate = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  Object.assign(globalThis, { gettext, ngettext, interpolate });

  // Storage may be full or forbidden; then there are simply no drafts.
  const stored = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  const keyOf = (form) => PREFIX + form.dataset.draftKey;
  const forget = (key) => stored(() => localStorage.removeItem(key));

  let quietLater;
  const say = (text, stays) => {
    if (!live) return;
    clearTimeout(quietLater);
    live.textContent = "";
    setTimeout(() => (live.textContent = text), 50);
    if (!stays) quietLater = setTimeout(() => (live.textContent = ""), 8000);
  };
  document.addEventListener("portal:say", ({ detail }) => say(detail));

  // --- Drafts
  const restore = (root) => {
    for (const form of root.querySelectorAll("form[data-draft-key]")) {
      const area = form.querySelector("textarea");
      const draft = stored(() => localStorage.getItem(keyOf(form)));
      if (area && draft && !area.value.trim()) area.value = draft;
    }
  };
  document.addEventListener("input", ({ target }) => {
    const form = target.matches("textarea") && target.closest("form[data-draft-key]");
    if (!form) return;
    stored(() =>
      target.value.trim()
        ? localStorage.setItem(keyOf(form), target.value)
        : localStorage.removeItem(keyOf(form)),
    );
  });
  let beginDrafts = () => {
    beginDrafts = () => {};
    // A form that was sent as a page has succeeded when the answer leads to a comment.
    const sent = stored(() => sessionStorage.getItem(SENT));
    if (sent) {
      if (/^#c\d+$/.test(location.hash)) forget(sent);
      stored(() => sessionStorage.removeItem(SENT));
    }
    restore(document);
  };
  // Storage takes its time when it is asked first: after the page has been drawn, or before
  // somebody writes.
  requestAnimationFrame(() => setTimeout(() => beginDrafts()));
  document.addEventListener("focusin", () => beginDrafts(), { once: true });

  // --- Sending
  // What is under way as a page is not sent once more by a script that has come meanwhile.
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.dataset.busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ("signOut" in form.dataset) {
      stored(() => {
        for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) forget(key);
      });
    }
    if (form.hasAttribute("hx-post") && window.htmx) return;
    form.dataset.busy = "1";
    if (form.dataset.draftKey) stored(() => sessionStorage.setItem(SENT, keyOf(form)));
    // After the browser has read the form, or the pressed button's name would be lost.
    setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-busy]")) {
      delete form.dataset.busy;
      form.querySelectorAll("button").forEach((button) => (button.disabled = false));
    }
  });

  // --- What a discussion gains (discussion.js, htmx): fetched when somebody reaches for it, or when
  // the page has nothing else to do, so that what is read first does not share the line with it
  const later = document.querySelector("meta[name=portal-later]")?.dataset;
  const talk = document.getElementById("discussion");
  const LATER_AFTER = 1_000;
  // A picture may take long, and so may a script: nobody is kept waiting for longer than this.
  const WAITS_AT_MOST = 4_000;
  const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const parsed = new Promise((done) =>
    document.addEventListener("DOMContentLoaded", done, { once: true }),
  );
  const fetched = {};
  const fetchScript = (src) =>
    (fetched[src] ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      Object.assign(script.dataset, later);
      Object.assign(script, { src, onload: done, onerror: fail });
      document.head.append(script);
    }).catch((error) => {
      delete fetched[src];
      throw error;
    }));
  const fetchAll = async () => {
    await parsed;
    const htmxComes = fetchScript(later.htmx).then(() => {
      // It begins with this event, which is over, or in a page with all of its pictures.
      if (document.readyState !== "complete") document.dispatchEvent(new Event("DOMContentLoaded"));
    });
    const all = await Promise.allSettled([htmxComes, fetchScript(later.script)]);
    if (all.every(({ status }) => status === "fulfilled")) return;
    coming = undefined;
    addEventListener("online", comes, { once: true });
  };
  let coming;
  const comes = () => (coming ??= fetchAll());
  // What somebody does before it has come is held, and done again then; where it does not come, the
  // page is what it is without. Done a task later: a form that is just telling that it is submitted
  // cannot be submitted.
  let isHolding = Boolean(later);
  let held = [];
  const release = () => {
    isHolding = false;
    const { activeElement } = document;
    for (const { source } of held) source?.classList.remove("htmx-request");
    // Who writes meanwhile is not taken away from there.
    let due = held.filter(
      ({ from, isSent }) =>
        isSent || from === activeElement || !activeElement?.matches("input, textarea, select"),
    );
    // Without htmx each leads to another page: what was written goes first.
    if (!window.htmx) due = [due.find(({ isSent }) => isSent) ?? due.at(-1)].filter(Boolean);
    for (const { again } of due) setTimeout(again);
    held = [];
  };
  // ``source`` shows meanwhile that it is at work; a key has none.
  const hold = (event, source, again) => {
    if (!isHolding) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!held.length) Promise.race([comes(), after(WAITS_AT_MOST)]).then(release);
    source?.classList.add("htmx-request");
    held.push({ source, again, from: document.activeElement, isSent: event.type === "submit" });
  };
  let byTouch = false;
  const holdClick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const { target } = event;
    const pointerType = event.pointerType || (byTouch ? "touch" : "");
    // A finger's first tap on a source shows it.
    const kinds = "[hx-get], a.reply, a.quote";
    const touched = pointerType === "touch" ? ", .comment-body a[href*='/comments/']" : "";
    const source = target.closest?.(kinds + touched);
    const click = { bubbles: true, cancelable: true, pointerType };
    if (source) hold(event, source, () => target.dispatchEvent(new PointerEvent("click", click)));
  };
  const holdForm = (event) => {
    const { target: form, submitter } = event;
    // htmx sends the name of the button that it has seen pressed.
    const again = () => (submitter ? submitter.click() : form.requestSubmit());
    if (form.matches("[hx-post], #votes")) hold(event, submitter ?? form, again);
  };
  const keysAreOn = () =>
    document.getElementById("threads") && stored(() => localStorage.getItem("keys")) !== "off";
  const holdKey = (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !"jkpn?".includes(key)) return;
    if (target.closest?.("input, textarea, select, dialog") || !keysAreOn()) return;
    const press = { key, bubbles: true, cancelable: true };
    hold(event, null, () => target.dispatchEvent(new KeyboardEvent("keydown", press)));
  };
  if (later) {
    document.addEventListener("pointerdown", (event) => (byTouch = event.pointerType === "touch"));
    document.addEventListener("click", holdClick, { capture: true });
    document.addEventListener("submit", holdForm, { capture: true });
    document.addEventListener("keydown", holdKey, { capture: true });
    for (const kind of ["pointerover", "pointerdown", "focusin", "keydown"])
      document.addEventListener(kind, comes, { once: true });
    const loaded = new Promise((done) => addEventListener("load", done, { once: true }));
    Promise.race([loaded.then(() => after(LATER_AFTER)), after(WAITS_AT_MOST)])
      .then(comes)
      .then(release);
  }

  // --- Folded branches
  const FOLDED = "folded";
  const MOST_FOLDED = 500;
  const CLOSED = "details:not([open])";
  const folded = () => stored(() => [...JSON.parse(localStorage.getItem(FOLDED))]) ?? [];
  const reveal = (node) => {
    for (let fold = node?.closest(CLOSED); fold; fold = fold.parentElement.closest(CLOSED))
      fold.open = true;
  };
  const target = () => talk.querySelector(":target, .is-target");
  const restoreFolds = () => {
    const shown = target();
    for (const id of folded()) {
      const fold = document.getElementById(id);
      if (fold?.open && talk.contains(fold) && !fold.contains(shown)) fold.open = false;
    }
  };
  // Not by the event "toggle": it comes a task later, and who loads the page again may be quicker.
  const remember = ({ id, open }) => {
    const before = folded();
    if (before.includes(id) !== open) return;
    const now = before.filter((other) => other !== id);
    if (!open) now.push(id);
    stored(() =>
      now.length
        ? localStorage.setItem(FOLDED, JSON.stringify(now.slice(-MOST_FOLDED)))
        : localStorage.removeItem(FOLDED),
    );
  };
  if (talk) {
    new MutationObserver((changes) => {
      for (const { target: fold } of changes) if (fold.matches(".replies")) remember(fold);
    }).observe(talk, { attributeFilter: ["open"], subtree: true });
    restoreFolds();
    // A comment's own page begins with what it answers; the comment is what somebody came for.
    if (!location.hash) talk.querySelector(".is-target")?.scrollIntoView({ block: "center" });
    addEventListener("hashchange", () => reveal(target()));
    document.addEventListener("portal:reveal", (event) => reveal(event.target));
    talk.addEventListener("portal:refold", restoreFolds);
  }

  // --- Threads out of sight, which portal.css leaves for later
  const layOut = () => {
    const branch = talk.querySelector(".threads > .branch:not(.is-laid-out)");
    (branch ?? talk).classList.add("is-laid-out");
    if (branch) requestIdleCallback(layOut);
  };
  if (talk) {
    const [entry] = performance.getEntriesByType("navigation");
    // Who comes back, or to one comment, is to find the place: it is where it is on the whole page.
    const isAtItsTop = entry?.type === "navigate" && !location.hash;
    if (!isAtItsTop || !globalThis.requestIdleCallback || talk.querySelector(".is-target"))
      talk.classList.add("is-laid-out");
    else
      addEventListener("load", () => after(LATER_AFTER).then(() => requestIdleCallback(layOut)));
  }

  // --- Forms that open under a comment
  const openers = new WeakMap();
  const close = (slot) => {
    slot.replaceChildren();
    openers.get(slot)?.focus();
  };
  const slotOf = (node) => {
    const slot = node.closest?.(".reply-slot");
    return slot && slot.id !== "form-top" ? slot : null;
  };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape" && slotOf(target)) close(slotOf(target));
    if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("textarea"))
      target.form.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const slot = event.target.matches("[data-close]") && slotOf(event.target);
    if (!slot) return;
    event.preventDefault();
    close(slot);
  });
  // A page comes without places for forms, and for answers where nobody has answered.
  const put = (place, className, id) =>
    place.after(Object.assign(document.createElement("div"), { className, id }));
  const slotUnder = (comment) => {
    const pk = comment.id.slice(1);
    if (!document.getElementById(`r${pk}`)) put(comment, "replies", `r${pk}`);
    if (!document.getElementById(`form-${pk}`)) put(comment, "reply-slot", `form-${pk}`);
    return document.getElementById(`form-${pk}`);
  };
  document.addEventListener("click", (event) => {
    const source = event.target.closest?.("a.reply, a.quote");
    if (!source || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const target = slotUnder(source.closest(".comment"));
    htmx.ajax("GET", source.getAttribute("href"), { source, target, swap: "innerHTML" });
  });

  // --- htmx
  const KEPT = gettext("Your text is kept in this browser. Load the page again and send it once more.");
  let begun;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    begun = detail.target.querySelector("textarea")?.value ?? "";
    // A whole page, a sign-in for one, does not belong into a slot.
    if (!/^\s*<!doctype/i.test(detail.xhr.responseText)) return;
    detail.shouldSwap = false;
    if (!detail.isError) failed(detail, gettext("The portal wants you to sign in again."));
  });
  const failed = ({ elt, requestConfig }, why) => {
    const source = requestConfig?.elt || elt;
    if (source.matches("a[href]")) location.assign(source.href);
    else if (source.matches(".vote")) say(why);
    else say(`${why} ${KEPT}`, true);
  };
  document.addEventListener("htmx:responseError", ({ detail }) =>
    failed(detail, gettext("The portal did not take this.")),
  );
  document.addEventListener("htmx:sendError", ({ detail }) => {
    const why = gettext("The portal cannot be reached at the moment.");
    if (detail.elt.matches("a")) say(why);
    else failed(detail, why);
  });
  let settled;
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    const slot = detail.target;
    const source = detail.requestConfig?.elt;
    // Told once for every element that came in; the answer is one.
    if (!source || detail.xhr === settled || !slot.matches(".reply-slot")) return;
    settled = detail.xhr;
    const mark = slot.querySelector("[data-posted]");
    if (!mark) {
      const area = slot.querySelector("textarea");
      const quotation = area && source.matches(".quote") ? area.value : "";
      if (quotation) area.value = begun;
      restore(slot);
      // A quotation comes behind what was begun, not in its place.
      if (quotation && !area.value.includes(quotation.trim())) {
        const isMore = area.value.trim();
        area.value = isMore ? `${area.value.trimEnd()}\n\n${quotation}` : quotation;
        if (isMore) area.dispatchEvent(new Event("input", { bubbles: true }));
      }
      if (source.matches("a")) openers.set(slot, source);
      area?.focus();
      area?.setSelectionRange(area.value.length, area.value.length);
      return;
    }
    const comment = document.getElementById(mark.dataset.posted);
    mark.remove();
    if (source.dataset.draftKey) forget(keyOf(source));
    if (comment) {
      comment.dispatchEvent(new CustomEvent("portal:reveal", { bubbles: true }));
      comment.classList.add("is-new");
      comment.tabIndex = -1;
      comment.focus({ preventScroll: true });
      comment.scrollIntoView({ block: "center" });
    }
    say(gettext("Your comment is posted."));
  });

  // --- What can wait until the page is there
  addEventListener("load", () => setTimeout(() => import(reading).then(({ begin }) => begin(say)), 1000));
})();
