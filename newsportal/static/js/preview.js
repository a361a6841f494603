// What a quotation's link leads to, shown beside the link. Hovering it, leaving it with the pointer
// on the card and closing it with Escape work as WCAG 1.4.13 has it.

const BEFORE_IT_COMES = 250;
const BEFORE_IT_GOES = 300;
const GAP = 4;

const cards = new Map();
let card, shown, later;
// The link whose card Escape has closed: it stays closed until the link is left.
let dismissed;

// The pointer or the focus has come to `link`.
export const approach = (link) => {
  clearTimeout(later);
  if (link === shown || link === dismissed) return;
  const stays = () => link.matches(":hover, :focus");
  later = setTimeout(() => stays() && show(link, stays), BEFORE_IT_COMES);
};

// Where there is nothing to show, the link is all there is: `false`.
export const show = async (link, isWanted = () => true) => {
  const html = await fetchCard(link.pathname);
  if (!html || !link.isConnected || !isWanted()) return false;
  hide();
  const comment = link.closest(".comment");
  card = document.createElement("div");
  card.className = "preview";
  card.innerHTML = html;
  leadTo(card.querySelector(".preview-link a"));
  card.addEventListener("pointerenter", () => clearTimeout(later));
  card.addEventListener("pointerleave", leave);
  comment.querySelector(".comment-body").after(card);
  shown = link;
  link.dataset.shown = "1";
  put(link.getClientRects(), comment.getBoundingClientRect());
  return true;
};

// Fetched once. Only what stands in a discussion is shown: nothing for a comment that is gone.
const fetchCard = (path) => {
  const [, kind, id] = path.split("/");
  if (kind !== "comments" || path !== `/comments/${id}/`) return null;
  if (!cards.has(id)) {
    const coming = fetch(`${path}preview/`)
      .then((answer) => (answer.ok ? answer.text() : ""))
      .catch(() => cards.delete(id) && "");
    cards.set(id, coming);
  }
  return cards.get(id);
};

// To the comment itself, if it is on this page.
const leadTo = (link) => {
  const id = link.pathname.split("/")[2];
  if (!document.getElementById(`c${id}`)) return;
  link.href = `#c${id}`;
  const comment = link.textContent.toLowerCase();
  link.textContent = interpolate(gettext("Go to %(comment)s"), { comment });
  link.addEventListener("click", hide);
};

// Under the link, or over it where there is more room.
const put = (lines, around) => {
  const first = lines[0];
  const last = lines[lines.length - 1];
  const fitsBelow = last.bottom + card.offsetHeight + GAP < innerHeight;
  if (fitsBelow || innerHeight - last.bottom > first.top)
    card.style.insetBlockStart = `${last.bottom - around.top + GAP}px`;
  else card.style.insetBlockEnd = `${around.bottom - first.top + GAP}px`;
};

const hide = () => {
  clearTimeout(later);
  card?.remove();
  delete shown?.dataset.shown;
  card = shown = null;
};

const isHeld = () =>
  shown.matches(":hover, :focus") || card.matches(":hover") || card.contains(document.activeElement);

const leave = () => {
  clearTimeout(later);
  later = setTimeout(() => shown && !isHeld() && hide(), BEFORE_IT_GOES);
};

for (const type of ["pointerout", "focusout"])
  document.addEventListener(type, ({ target }) => {
    if (dismissed?.contains(target)) dismissed = null;
    if (shown?.contains(target) || card?.contains(target)) leave();
  });
document.addEventListener("pointerdown", ({ target }) => {
  if (shown && !shown.contains(target) && !card.contains(target)) hide();
});
// Before whatever else Escape closes.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.stopPropagation();
    dismissed = shown;
    if (card.contains(document.activeElement)) shown.focus();
    hide();
  },
  true,
);
