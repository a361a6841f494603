// What a page with a discussion gains once somebody reaches for it (portal.js fetches it then). What
// is used rarely is in modules beside this file; their addresses stand on this script's own tag.
(() => {
  "use strict";

  const files = document.currentScript.dataset;
  const section = document.getElementById("discussion");
  if (!section) return;

  const load = (name) => import(files[name]);
  // Without its module a page is what it is without JavaScript.
  const use = (name, act) => load(name).then(act, () => {});
  // Storage may be full, forbidden, or hold what we did not write.
  const stored = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  const say = (text) => document.dispatchEvent(new CustomEvent("portal:say", { detail: text }));

  const go = (comment, block = "start") => {
    comment.dispatchEvent(new Event("portal:reveal", { bubbles: true }));
    comment.tabIndex = -1;
    comment.focus({ preventScroll: true });
    if (block) comment.scrollIntoView({ block });
  };
  const tools = { go, say };

  // --- Keys
  // A form's own page has no comments to walk through.
  const threads = document.getElementById("threads");
  const keysAreOff = () => !threads || stored(() => localStorage.getItem("keys")) === "off";
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    touched = false;
    if (!"jkpn?".includes(key) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target.closest("input, textarea, select, dialog") || keysAreOff()) return;
    event.preventDefault();
    use("keys", (keys) => keys.press(key, tools));
  });
  const help = document.createElement("button");
  help.type = "button";
  help.className = "keys-button";
  help.textContent = gettext("Keys");
  help.addEventListener("click", () => use("keys", (keys) => keys.press("?", tools)));
  if (threads) (section.querySelector(".orders") ?? section).append(help);

  // --- What comes meanwhile, for who stays
  const FIRST_NEWS_AFTER = 10_000;
  if ("open" in section.dataset && section.dataset.arrivals)
    setTimeout(() => use("arrivals", (news) => news.follow(section, tools)), FIRST_NEWS_AFTER);

  // --- What a pointer, the focus or a selection comes to
  const sourceOf = (node) => node.closest?.(".comment-body a[href*='/comments/']");
  let touched = false;
  document.addEventListener("pointerdown", (event) => (touched = event.pointerType === "touch"));
  const approach = (event) => {
    const comment = event.target.closest?.(".comment");
    if (!comment) return;
    if (!comment.dataset.tools) {
      comment.dataset.tools = "1";
      use("sharing", (sharing) => sharing.equip(comment, tools));
    }
    const source = sourceOf(event.target);
    const byTouch = event.type === "focusin" ? touched : event.pointerType === "touch";
    if (source && !byTouch) use("preview", (preview) => preview.approach(source));
  };
  document.addEventListener("pointerover", approach);
  document.addEventListener("focusin", approach);
  // A finger cannot hover: its first tap shows what the second one leads to.
  document.addEventListener("click", (event) => {
    const byTouch = event.pointerType ? event.pointerType === "touch" : touched;
    const source = byTouch && sourceOf(event.target);
    if (!source || source.dataset.shown) return;
    event.preventDefault();
    load("preview")
      .then((preview) => preview.show(source))
      .catch(() => false)
      .then((isShown) => isShown || location.assign(source.href));
  });
  let marking;
  document.addEventListener("selectionchange", () => {
    clearTimeout(marking);
    marking = setTimeout(() => {
      const { isCollapsed, anchorNode } = getSelection();
      if (!isCollapsed && anchorNode.parentElement?.closest(".comment-body"))
        use("quoting", (quoting) => quoting.offer());
    }, 200);
  });
  const write = ({ target: area }) => {
    if (area.matches(".composer textarea") && area.value.slice(0, area.selectionEnd).includes("@"))
      use("mentions", (mentions) => mentions.complete(area));
  };
  document.addEventListener("input", write);

  // What somebody came to before this had come.
  const focused = document.activeElement ?? document.body;
  const hovered = [...document.querySelectorAll(":hover")].at(-1);
  const pointerType = matchMedia("(hover: none)").matches ? "touch" : "mouse";
  approach({ target: focused });
  if (hovered) approach({ target: hovered, pointerType });
  write({ target: focused });
  document.dispatchEvent(new Event("selectionchange"));

  // --- Votes
  const DOUBLE_CLICK = 600;
  let voted = {};
  // Before htmx: each button asks for itself, so that two quick votes do not wait for each other.
  document.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter, timeStamp } = event;
      if (form.id !== "votes" || !submitter || !window.htmx) return;
      event.preventDefault();
      event.stopPropagation();
      // The button that came in its place takes the vote back: not by the same double click.
      if (submitter.id === voted.id && timeStamp - voted.timeStamp < DOUBLE_CLICK) return;
      voted = { id: submitter.id, timeStamp };
      window.htmx.ajax("POST", form.action, { source: submitter, swap: "none" });
    },
    true,
  );

  // --- More replies, more threads
  let firstNew;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.target.matches("p.more, #pager-on")) return;
    const page = new DOMParser().parseFromString(detail.serverResponse, "text/html");
    const ids = Array.from(page.querySelectorAll(".comment"), (comment) => comment.id);
    // What came in ahead of its turn gets its own place now.
    for (const id of ids) document.getElementById(id)?.closest(".branch").remove();
    firstNew = ids[0];
  });
  document.addEventListener("htmx:afterSettle", () => {
    const comment = firstNew && document.getElementById(firstNew);
    if (!comment) return;
    firstNew = "";
    section.dispatchEvent(new Event("portal:refold"));
    go(comment, "");
  });
})();
