// "@" in a comment offers the people of the discussion.
//
// A textarea cannot have the role of a combobox. As a text field it may own a list, name the
// option in question and say that it completes; that the list is there is said in words.

const MOST_OFFERED = 6;
const MOST_CHARACTERS = 40;
// As the server reads it: not in a word, an e-mail address or a path.
const IN_A_WORD = /[\p{L}\p{N}/]/u;

const list = document.createElement("ul");
list.id = "mention-list";
list.className = "mention-list";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", gettext("People in this discussion"));
const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.getElementById("live").before(status);

let area, start, chosen;
let lately;
// What was taken last, and where: a space behind it asks for no longer name.
let taken = {};

// Another text opens the list again after Escape. The one for which it was closed does not, when
// the call for its last letter, or the people from the portal, come late.
let dismissed = null;
export const complete = (its) => {
  if (its.value === dismissed) return;
  dismissed = null;
  offer(its);
};

const offer = (its) => {
  const found = wanted(its);
  const names = found ? offered(its, found.words) : [];
  if (!names.length) return close();
  open(its, found.start, names);
};

// The words behind the last "@" before the cursor, and where they begin.
const wanted = ({ value, selectionStart, selectionEnd }) => {
  const before = value.slice(0, selectionStart);
  const sign = before.lastIndexOf("@");
  const words = before.slice(sign + 1);
  if (sign < 0 || selectionStart !== selectionEnd || words.length > MOST_CHARACTERS) return null;
  if (words.includes("\n") || words.startsWith(" ")) return null;
  if (taken.start === sign + 1 && words.startsWith(`${taken.name} `)) return null;
  return sign && IN_A_WORD.test(before[sign - 1]) ? null : { words, start: sign + 1 };
};

const offered = (its, words) => {
  const sought = words.toLowerCase();
  const begins = (name) => name.toLowerCase().startsWith(sought);
  const names = people(its);
  const first = names.filter(begins);
  const then = names.filter(
    (name) => !begins(name) && name.toLowerCase().includes(` ${sought}`) && sought,
  );
  const all = [...first, ...then].slice(0, MOST_OFFERED);
  // Written out already: nothing is left to complete.
  return all.length === 1 && all[0] === words ? [] : all;
};

// Whom the reply is to, who else is on the page, who wrote here lately; nobody to themselves.
const people = (its) => {
  const authors = (root) =>
    Array.from(
      root.querySelectorAll(":is(.comment, .answered) .author"),
      (author) => author.textContent,
    );
  const branch = its.closest(".branch");
  const answered = branch ? authors(branch).slice(0, 1) : [];
  const names = new Set([...answered, ...authors(document), ...peopleLately(its)]);
  names.delete(document.querySelector(".account-handle")?.textContent.trim());
  return [...names];
};

const peopleLately = (its) => {
  const id = document.querySelector("[data-discussion]")?.dataset.discussion;
  if (!lately && id) {
    lately = [];
    fetch(`/discussions/${id}/people/`)
      .then((answer) => answer.json())
      .then((names) => {
        lately = names;
        if (document.activeElement === its) complete(its);
      })
      .catch(() => {});
  }
  return lately ?? [];
};

const open = (its, at, names) => {
  const isNew = area !== its;
  if (isNew) {
    close();
    area = its;
    area.after(list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", list.id);
    area.addEventListener("keydown", onKey);
    area.addEventListener("blur", close);
    area.addEventListener("selectionchange", onMove);
  }
  start = at;
  list.replaceChildren(...names.map(option));
  choose(0);
  list.style.top = `${area.offsetTop + Math.min(cursorBottom(), area.offsetHeight)}px`;
  const told = gettext("%(count)s to choose from, with the arrow keys and Enter.");
  if (isNew) status.textContent = interpolate(told, { count: names.length });
};

const option = (name, place) => {
  const item = document.createElement("li");
  item.id = `mention-${place}`;
  item.setAttribute("role", "option");
  item.append(Object.assign(document.createElement("bdi"), { textContent: name }));
  // The focus stays in the text.
  item.addEventListener("pointerdown", (event) => event.preventDefault());
  item.addEventListener("click", () => take(name));
  return item;
};

const choose = (place) => {
  const { children } = list;
  chosen = (place + children.length) % children.length;
  for (const [each, item] of [...children].entries())
    item.setAttribute("aria-selected", each === chosen);
  area.setAttribute("aria-activedescendant", children[chosen].id);
};

const take = (name) => {
  const its = area;
  its.setRangeText(`${name} `, start, its.selectionStart, "end");
  taken = { name, start };
  close();
  // For what keeps drafts.
  its.dispatchEvent(new Event("input", { bubbles: true }));
};

const onKey = (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key in steps) choose(chosen + steps[event.key]);
  else if (event.key === "Enter" || event.key === "Tab") take(list.children[chosen].textContent);
  else if (event.key === "Escape") dismiss();
  else return;
  event.preventDefault();
  event.stopPropagation();
};

const dismiss = () => {
  dismissed = area.value;
  close();
};

const onMove = () => {
  if (!wanted(area)) close();
};

const close = () => {
  if (!area) return;
  list.remove();
  status.textContent = "";
  for (const name of ["aria-autocomplete", "aria-controls", "aria-activedescendant"])
    area.removeAttribute(name);
  area.removeEventListener("keydown", onKey);
  area.removeEventListener("blur", close);
  area.removeEventListener("selectionchange", onMove);
  area = null;
};

// How far under the field's upper edge the line with the cursor ends: a field does not tell, a
// copy of it does.
const cursorBottom = () => {
  const style = getComputedStyle(area);
  const copy = document.createElement("div");
  for (const name of ["font", "padding", "border", "lineHeight", "letterSpacing", "inlineSize"])
    copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap" });
  copy.textContent = area.value.slice(0, start);
  const end = document.createElement("span");
  end.textContent = "\u200b";
  copy.append(end);
  area.after(copy);
  const bottom = end.offsetTop + end.offsetHeight - area.scrollTop;
  copy.remove();
  return bottom;
};
