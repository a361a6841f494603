// Marked words of one comment go into its quotation: by a button beside them, or by its Quote link.

// A quotation, not a copy; an address holds no more either.
const MOST_CHARACTERS = 600;

const button = document.createElement("button");
button.type = "button";
button.className = "quote-words";
button.textContent = gettext("Quote");
button.setAttribute("aria-label", gettext("Quote the marked words"));

// What was marked when Quote was pressed: the press itself takes the mark away.
let pressed = null;

// `{ comment, words, line }` where all that is marked lies in one comment, else null.
const marked = () => {
  const selection = getSelection();
  const words = selection.toString().trim().slice(0, MOST_CHARACTERS);
  if (selection.isCollapsed || !words) return null;
  const bodyOf = (node) => node.parentElement?.closest(".comment-body");
  const body = bodyOf(selection.anchorNode);
  if (!body || bodyOf(selection.focusNode) !== body) return null;
  const lines = selection.getRangeAt(0).getClientRects();
  return { comment: body.closest(".comment"), words, line: lines[lines.length - 1] };
};

// Shows the button at the end of what is marked, if the comment can be quoted.
export const offer = () => {
  const found = marked();
  const link = found?.comment.querySelector("a.quote");
  if (!link || !found.line) return button.remove();
  const around = found.comment.getBoundingClientRect();
  found.comment.querySelector(".comment-body").after(button);
  const end = found.line.right - around.left;
  const room = around.width - button.offsetWidth;
  // A finger's own handles hang beside the mark, so for it the button comes under the line.
  const isBeside = end < room && matchMedia("(hover: hover)").matches;
  button.style.left = `${isBeside ? end : Math.max(0, Math.min(end, room))}px`;
  button.style.top = `${(isBeside ? found.line.top : found.line.bottom) - around.top}px`;
};

document.addEventListener("selectionchange", () => {
  if (getSelection().isCollapsed) button.remove();
});
document.addEventListener("pointerdown", ({ target }) => {
  pressed = target.closest?.("a.quote") ? marked() : null;
});
// The mark stays while the button is pressed.
button.addEventListener("mousedown", (event) => event.preventDefault());
button.addEventListener("click", () => {
  pressed = marked();
  const link = pressed?.comment.querySelector("a.quote");
  button.remove();
  link?.click();
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.matches("a.quote")) return;
  const found = pressed ?? marked();
  pressed = null;
  if (found?.comment.contains(detail.elt)) detail.parameters.words = found.words;
});
