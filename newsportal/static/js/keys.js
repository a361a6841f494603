// The keys of a discussion, and the window that explains them.

const HELP = `
  <h2 id="keys-heading">${gettext("Keys")}</h2>
  <dl>
    <div><dt><kbd>j</kbd></dt><dd>${gettext("next comment")}</dd></div>
    <div><dt><kbd>k</kbd></dt><dd>${gettext("previous comment")}</dd></div>
    <div><dt><kbd>p</kbd></dt><dd>${gettext("what this comment answers")}</dd></div>
    <div><dt><kbd>n</kbd></dt><dd>${gettext("next new comment")}</dd></div>
    <div><dt><kbd>?</kbd></dt><dd>${gettext("this help")}</dd></div>
  </dl>
  <p class="choice"><input type="checkbox" id="keys-on"> <label for="keys-on">${gettext("Use these keys")}</label></p>
  <p class="actions"><button class="button is-quiet" type="button" autofocus>${gettext("Close")}</button></p>`;

// Where "n" leads when nothing new is left further down, the first that there is.
const FURTHER = [
  ".arrivals:not([hidden]) > :not([hidden])",
  ".unread-note a",
  ".discussion .pager [rel=next]",
];

let dialog;

export const press = (key, { go, say }) => {
  if (key === "?") return showHelp();
  const all = Array.from(document.querySelectorAll(".discussion .comment")).filter(
    (comment) => !comment.closest("details:not([open])"),
  );
  const here = placeIn(all);
  if (key === "j") return goIf(all[Math.floor(here + 1)], go);
  if (key === "k") return goIf(all[Math.ceil(here - 1)], go);
  if (key === "p") return goToParent(all[Math.ceil(here)], go);
  const unread = all.find(
    (comment, place) => place > here && comment.classList.contains("is-unread"),
  );
  if (unread) return go(unread);
  const further = FURTHER.map((selector) => document.querySelector(selector)).find(Boolean);
  if (further) further.click();
  else say(gettext("Nothing new further down."));
};

const goIf = (comment, go) => comment && go(comment);

// The place of the comment that has the focus; without one, between two: what is above the
// window's upper edge is behind the reader.
const placeIn = (all) => {
  const branch = document.activeElement.closest(".branch");
  const focused = document.activeElement.closest(".comment") ?? branch?.querySelector(".comment");
  if (focused && isInView(focused)) return all.indexOf(focused);
  const below = all.findIndex((comment) => comment.getBoundingClientRect().top >= 0);
  return (below < 0 ? all.length : below) - 0.5;
};

const isInView = (comment) => {
  const { top, bottom } = comment.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

const goToParent = (comment, go) => {
  // Where a thread is deep, replies stand beside what they answer: the link knows.
  const link = comment?.querySelector(".parent");
  const linked = link?.hash && document.getElementById(link.hash.slice(1));
  const around = comment?.closest(".branch").parentElement.closest(".branch");
  const parent = linked || around?.querySelector(".comment");
  if (parent) go(parent);
  else if (link) location.assign(link.href);
};

const showHelp = () => {
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "keys-help";
    dialog.setAttribute("aria-labelledby", "keys-heading");
    dialog.innerHTML = HELP;
    dialog.querySelector("button").addEventListener("click", () => dialog.close());
    // Beside the window is outside of it.
    dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
    dialog.querySelector("input").addEventListener("change", ({ target }) => remember(target.checked));
    document.body.append(dialog);
  }
  dialog.querySelector("input").checked = areOn();
  dialog.showModal();
};

// Storage may be forbidden: then the keys stay on.
const areOn = () => {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
};
const remember = (on) => {
  try {
    if (on) localStorage.removeItem("keys");
    else localStorage.setItem("keys", "off");
  } catch {
    dialog.querySelector("input").checked = true;
  }
};
