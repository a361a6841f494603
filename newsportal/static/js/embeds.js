// Opens what stands on another site in its place in the article, once a reader has clicked for
// it, and only from the hosts that this portal allows; before that nothing is asked of anybody.

const story = document.querySelector("[data-embed-hosts]");
const allowed = new Set(story?.dataset.embedHosts.split(" ").filter(Boolean));

story?.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-frame]");
  const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey);
  if (!link || !isPlain || !allowed.has(hostOf(link.dataset.frame))) {
    return;
  }
  event.preventDefault();
  const frame = document.createElement("iframe");
  frame.src = link.dataset.frame;
  frame.title = link.querySelector("span").textContent;
  frame.allow = "fullscreen; picture-in-picture; encrypted-media";
  frame.referrerPolicy = "strict-origin";
  frame.sandbox = "allow-scripts allow-same-origin allow-popups allow-forms allow-presentation";
  link.parentElement.classList.add("is-open");
  link.before(frame);
  frame.focus();
});

function hostOf(address) {
  try {
    const url = new URL(address);
    return url.protocol === "https:" ? url.hostname : "";
  } catch {
    return "";
  }
}
