// The keys of the moderation desk. Each of them presses a button or follows a link of the page.

// A page in another language brings its words along (words-*.js); they stand in globalThis.portalWords.
const gettext = (words) => globalThis.portalWords?.[words] ?? words;

const entries = () => Array.from(document.querySelectorAll(".desk-entry"));
const here = () => document.activeElement.closest(".desk-entry") ?? document.querySelector(".desk-entry.is-here");
const say = (words) => {
  const said = document.getElementById("desk-said");
  if (said) said.textContent = words;
};

// Where somebody stands stays marked while the focus is on a button above the entries.
const stand = (entry) => {
  if (!entry) return;
  document.querySelector(".desk-entry.is-here")?.classList.remove("is-here");
  entry.classList.add("is-here");
  entry.focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
};

const go = (step) => {
  const all = entries();
  const place = all.indexOf(here());
  stand(all[place < 0 ? 0 : place + step]);
};

const press = (entry, act) => entry?.querySelector(`.desk-decide [name=act][value=${act}]`)?.click();
const reasonOf = (entry) => entry?.querySelector("[data-reason]");
const hasReason = (entry) =>
  Array.from(entry.querySelectorAll("[name=canned], [name=own]")).some(({ value }) => value.trim());

const hide = (entry) => {
  const reason = reasonOf(entry);
  if (!reason) return press(entry, "hide");
  if (hasReason(entry)) return press(entry, "hide");
  reason.focus();
  say(gettext("Choose a reason, then press Enter."));
};

const pressForAll = (act) => {
  if (!document.querySelector(".desk-pick:checked")) return say(gettext("Nothing is selected: x selects."));
  document.querySelector(`#desk-bulk [value=${act}]`)?.click();
};

const count = () => {
  const chosen = document.querySelectorAll(".desk-pick:checked").length;
  const shown = document.getElementById("desk-selected");
  if (shown) shown.textContent = chosen ? ` (${chosen})` : "";
};

const select = (entry) => {
  const box = entry?.querySelector(".desk-pick");
  if (!box) return;
  box.checked = !box.checked;
  count();
  say(box.checked ? gettext("Selected.") : gettext("No longer selected."));
};

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  o: () => here()?.querySelector(".desk-open")?.click(),
  a: () => press(here(), "keep"),
  h: () => here() && hide(here()),
  r: () => reasonOf(here())?.focus(),
  s: () => here()?.querySelector(".desk-suspend")?.click(),
  m: () => here()?.querySelector(".desk-mute")?.click(),
  u: () => document.querySelector("#desk-undo button")?.click() ?? say(gettext("There is nothing to undo.")),
  x: () => select(here()),
  A: () => pressForAll("keep"),
  H: () => pressForAll("hide"),
};

// Storage may be forbidden: then the keys stay on. The same choice as in discussions.
const areOn = () => {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
};

const showKeys = () => {
  const keys = document.getElementById("desk-keys");
  if (!keys) return;
  keys.open = !keys.open;
  if (keys.open) keys.querySelector("summary").focus();
};

const isTyping = (target) => target.closest("input:not([type=checkbox]), textarea, select");

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(target)) {
    if (key === "Escape") stand(target.closest(".desk-entry"));
    // A browser does nothing at Enter in a choice, or opens it.
    if (key === "Enter" && target.matches("select") && target.value) {
      event.preventDefault();
      if (target.closest("#desk-confirm")) document.querySelector("[data-confirm]").click();
      else press(target.closest(".desk-entry"), "hide");
    }
    return;
  }
  if (key !== "?" && !areOn()) return;
  const act = key === "?" ? showKeys : KEYS[key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("change", ({ target }) => {
  if (target.matches(".desk-pick")) count();
});

document.addEventListener("focusin", ({ target }) => {
  const entry = target.closest(".desk-entry");
  if (!entry || entry.classList.contains("is-here")) return;
  document.querySelector(".desk-entry.is-here")?.classList.remove("is-here");
  entry.classList.add("is-here");
});

const choice = document.querySelector(".desk-keys-choice");
if (choice) {
  const box = choice.querySelector("input");
  choice.hidden = false;
  box.checked = areOn();
  box.addEventListener("change", () => {
    try {
      if (box.checked) localStorage.removeItem("keys");
      else localStorage.setItem("keys", "off");
    } catch {
      box.checked = true;
    }
  });
}

// After an act the page comes back, and whoever acted stands at the next entry.
const wanted = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
if (areOn()) {
  stand(wanted && wanted.matches(".desk-entry") ? wanted : entries()[0]);
  document.querySelector("#desk-confirm :is(select, [data-confirm])")?.focus();
}
count();

// What was done stands above; who does not see it hears it, once the new page has been named.
const told = document.querySelector(".messagelist");
if (told) setTimeout(() => say(told.innerText), 250);
