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
  const beginDrafts = () => {
    // A form that was sent as a page has succeeded when the answer leads to a comment.
    const sent = stored(() => sessionStorage.getItem(SENT));
    if (sent) {
      if (/^#c\d+$/.test(location.hash)) forget(sent);
      stored(() => sessionStorage.removeItem(SENT));
    }
    restore(document);
  };
  // Storage takes its time when it is asked first: after the page has been drawn.
  requestAnimationFrame(() => setTimeout(beginDrafts));

  // --- Sending
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if ("signOut" in form.dataset) {
      stored(() => {
        for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) forget(key);
      });
    }
    if (form.hasAttribute("hx-post") && window.htmx) return;
    if (form.dataset.busy) return event.preventDefault();
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
  const LATER_AFTER = 1_000;
  let coming;
  // Where it cannot be had the page stays what it is without.
  let hasCome = !later;
  const fetchScript = (src) =>
    new Promise((done, fail) => {
      const script = document.createElement("script");
      Object.assign(script.dataset, later);
      Object.assign(script, { src, onload: done, onerror: fail });
      document.head.append(script);
    });
  const comes = () =>
    (coming ??= Promise.all([fetchScript(later.htmx), fetchScript(later.script)])
      .catch(() => {})
      .then(() => (hasCome = true)));
  // Held until it is there, and done again then. htmx begins by itself only in a page that has come
  // as a whole. A form that is asked to submit while it tells of submitting does nothing: a task later.
  const hold = (event, again) => {
    if (hasCome || document.readyState !== "complete") return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    comes().then(() => setTimeout(again));
  };
  const holdAll = () => {
    const capture = { capture: true };
    document.addEventListener(
      "click",
      (event) => {
        const { target, pointerType } = event;
        const kind = { bubbles: true, cancelable: true, pointerType };
        if (target.closest?.("[hx-get], a.reply, a.quote, .comment-body a[href*='/comments/']"))
          hold(event, () => target.dispatchEvent(new PointerEvent("click", kind)));
      },
      capture,
    );
    document.addEventListener(
      "submit",
      (event) => {
        const { target: form, submitter } = event;
        // htmx sends the name of the button that it has seen pressed.
        const again = () => (submitter ? submitter.click() : form.requestSubmit());
        if (form.matches("[hx-post], #votes")) hold(event, again);
      },
      capture,
    );
    document.addEventListener(
      "keydown",
      (event) => {
        const { key, target } = event;
        if (!"jkpn?".includes(key) || target.closest("input, textarea, select, dialog")) return;
        hold(event, () =>
          target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })),
        );
      },
      capture,
    );
    for (const kind of ["pointerover", "pointerdown", "focusin", "keydown"])
      document.addEventListener(kind, comes, { once: true });
    setTimeout(comes, LATER_AFTER);
  };
  if (later) addEventListener("load", holdAll, { once: true });

  // --- Folded branches
  const talk = document.getElementById("discussion");
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
  const layOut = (branches) => {
    const branch = branches.next().value;
    if (!branch) return;
    branch.classList.add("is-laid-out");
    requestIdleCallback(() => layOut(branches));
  };
  const beginToLayOut = () =>
    requestIdleCallback(() => layOut(talk.querySelectorAll(".threads > .branch").values()));
  if (talk && globalThis.requestIdleCallback)
    addEventListener("load", () => setTimeout(beginToLayOut, LATER_AFTER));

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
