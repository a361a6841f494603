// "12 new comments": told without moving the page, put in place when somebody asks for them.

// In milliseconds; when the portal is in trouble, twice as long each time, up to the other.
const ASKED_EVERY = 20_000;
const ASKED_AT_LEAST_EVERY = 640_000;
// So many answers of some fifty comments each for one press; then it is asked again.
const MOST_ANSWERS = 4;

let bar, button, link, status, tools, section;
let announced = 0;
let elsewhere = 0;
let elsewhereSince = 0;
let stopped = false;
let isTaking = false;

// Asks from now on how many comments have come, while the page is looked at.
export const follow = (its, given) => {
  section = its;
  tools = given;
  announced = since();
  document.addEventListener("visibilitychange", resume);
  plan();
};

let every = ASKED_EVERY;
let due, timer;
let isAsking = false;

const resume = () => {
  clearTimeout(timer);
  if (document.hidden || isAsking || stopped) return;
  timer = setTimeout(ask, Math.max(0, due - Date.now()));
};

const plan = () => {
  // Not all at once: readers who came together would ask together for ever.
  due = Date.now() + every * (1 + Math.random() / 4);
  resume();
};

const ask = async () => {
  isAsking = true;
  try {
    // Without cookies: it is the same number for everybody, and any cache may have it.
    const address = `/discussions/${section.dataset.discussion}/news/`;
    const answer = await fetch(address, { credentials: "omit" });
    // Closed: nothing comes any more.
    if (answer.status === 204) return document.removeEventListener("visibilitychange", resume);
    announced = Math.max(announced, (await answer.json()).arrivals);
    every = ASKED_EVERY;
    if (announced > since()) show();
  } catch {
    every = Math.min(every * 2, ASKED_AT_LEAST_EVERY);
  }
  isAsking = false;
  plan();
};

const build = () => {
  bar = document.createElement("div");
  bar.className = "arrivals";
  bar.hidden = true;
  bar.innerHTML =
    '<button class="button" type="button"></button><a class="button"></a>' +
    `<button class="arrivals-close" type="button" aria-label="${gettext("Tell me no more")}">×</button>`;
  [button, link] = bar.children;
  button.addEventListener("click", take);
  bar.lastChild.addEventListener("click", () => {
    stopped = true;
    resume();
    show();
  });
  // Beside the button: said once when it comes, not again at each comment more.
  status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.getElementById("live").before(status, bar);
};

const since = () => Number(section.dataset.arrivals);

// What came later than the page and is on it: one's own comments, and what was opened further down.
const isLater = (comment) => Number(comment.dataset.arrival) > since();
const countWaiting = () =>
  announced - since() - Array.from(section.querySelectorAll(".comment")).filter(isLater).length;

const show = () => {
  if (!bar) build();
  const waiting = countWaiting();
  const label = interpolate(
    ngettext("%(number)s new comment", "%(number)s new comments", waiting),
    { number: waiting.toLocaleString(document.documentElement.lang) },
  );
  const isNew = bar.hidden && waiting > 0 && !stopped;
  button.hidden = waiting <= 0;
  button.textContent = label;
  link.hidden = waiting > 0;
  const more = gettext("%(number)s more elsewhere in the discussion");
  link.textContent = interpolate(more, { number: elsewhere });
  link.href = `/discussions/${section.dataset.discussion}/new/?since=${elsewhereSince}`;
  bar.hidden = stopped || (waiting <= 0 && !elsewhere);
  // After a moment: a region is heard once it has been there empty.
  if (isNew) setTimeout(() => (status.textContent = label), 100);
};

const take = async () => {
  if (isTaking) return;
  isTaking = true;
  const placed = [];
  try {
    for (let answers = 0; answers < MOST_ANSWERS && since() < announced; answers++) {
      const page = await fetchSince(since());
      const branches = Array.from(page.querySelectorAll(".branch[data-parent]"));
      placed.push(...branches.map(place).filter(Boolean));
      const came = branches.map((branch) => Number(branch.firstElementChild.dataset.arrival));
      section.dataset.arrivals = branches.length ? Math.max(...came) : announced;
    }
  } catch {
    tools.say(gettext("The portal cannot be reached at the moment."));
  }
  isTaking = false;
  status.textContent = "";
  mark(placed);
  show();
  placed.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  const first = placed.find((comment) => !comment.closest("details:not([open])")) ?? placed[0];
  if (first) tools.go(first, "center");
  else if (elsewhere) link.focus();
};

const isBefore = (one, other) =>
  one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;

const fetchSince = async (arrival) => {
  const address = `/discussions/${section.dataset.discussion}/new/?since=${arrival}`;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(answer.status);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

// The comment, once it stands in the page; nothing if it stood there, or has no place there.
const place = (branch) => {
  const comment = branch.firstElementChild;
  if (document.getElementById(comment.id)) return null;
  const { parent } = branch.dataset;
  const isFirst = !parent && section.dataset.order === "newest";
  const threads = section.querySelectorAll(".threads");
  const host = parent ? repliesTo(parent) : threads[isFirst ? 0 : threads.length - 1];
  if (!host) {
    elsewhereSince ||= since();
    elsewhere += 1;
    return null;
  }
  branch.removeAttribute("data-parent");
  host[isFirst ? "prepend" : "append"](branch);
  window.htmx?.process(branch);
  return comment;
};

// Where answers to a comment stand, if it is on the page: made for the first one.
const repliesTo = (pk) => {
  const replies = document.getElementById(`r${pk}`);
  const branch = document.getElementById(`b${pk}`);
  if (replies || !branch) return replies;
  const made = Object.assign(document.createElement("div"), { className: "replies", id: `r${pk}` });
  branch.append(made);
  return made;
};

// As the server marks what is new, on the comment and on the thread's own fold.
const mark = (comments) => {
  for (const comment of comments) {
    comment.classList.add("is-unread");
    if (!comment.querySelector(".new-mark"))
      comment.querySelector("time")?.after(" ", newMark(gettext("new")));
  }
  for (const fold of section.querySelectorAll(".threads > .branch > details.replies")) {
    const unread = fold.querySelectorAll(".is-unread").length;
    if (!unread || !comments.some((comment) => fold.contains(comment))) continue;
    const summary = fold.querySelector("summary");
    summary.querySelector(".new-mark")?.remove();
    summary.append(" ", newMark(interpolate(gettext("%(count)s new"), { count: unread > 99 ? "99+" : unread })));
  }
};

const newMark = (words) =>
  Object.assign(document.createElement("span"), { className: "new-mark", textContent: words });
