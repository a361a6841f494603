// "Link" and "Share", put into a comment when somebody comes to it: a page has two hundred.

export const equip = (comment, { say }) => {
  const number = comment.querySelector("a.number");
  const actions = comment.querySelector(".comment-actions");
  if (!number || !actions) return;
  const name = interpolate(gettext("comment %(number)s"), { number: number.textContent });
  offer(number.href, name, say, (made) => actions.append(" ", made));
};

// The two buttons for an address, each handed to ``put``; ``name`` says what it is the address of.
export const offer = (url, name, say, put) => {
  put(
    button(gettext("Link"), interpolate(gettext("Copy link to %(name)s"), { name }), async () => {
      try {
        await navigator.clipboard.writeText(url);
        say(gettext("Link copied."));
      } catch {
        // Outside https, and where it is forbidden.
        say(interpolate(gettext("This browser does not let us copy. The link is %(url)s"), { url }));
      }
    }),
  );
  if (navigator.share) {
    // Whoever closes the system's window wanted nothing.
    const share = () => navigator.share({ title: document.title, url }).catch(() => {});
    put(button(gettext("Share"), interpolate(gettext("Share %(name)s"), { name }), share));
  }
};

const button = (label, name, act) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.setAttribute("aria-label", name);
  made.addEventListener("click", act);
  return made;
};
