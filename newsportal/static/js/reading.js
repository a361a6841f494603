// What a page does once it has been read for a moment: tells that it was, without saying by whom;
// offers to copy and share its address; keeps what is needed to read on without a network.

// In milliseconds of being looked at: less is a page that somebody closes again.
const READ_AFTER = 5_000;

export const begin = (say) => {
  const tools = document.querySelector(".tools[data-read]");
  if (tools) {
    count(tools.dataset.read);
    share(tools.querySelector("[data-share]"), say);
  }
  const kept = document.getElementById("kept");
  if (kept) list(kept);
  if ("serviceWorker" in navigator) keep();
};

// Who asks not to be tracked is not counted either, though nobody is told apart.
const count = (address) => {
  if (navigator.globalPrivacyControl || navigator.doNotTrack === "1") return;
  let left = READ_AFTER;
  let since, timer;
  const look = () => {
    clearTimeout(timer);
    if (since) left -= Date.now() - since;
    since = document.hidden ? 0 : Date.now();
    if (since) timer = setTimeout(tell, Math.max(0, left));
  };
  const tell = () => {
    document.removeEventListener("visibilitychange", look);
    // Not by sendBeacon, which sends cookies along.
    const request = { method: "POST", credentials: "omit", keepalive: true };
    fetch(address, request).catch(() => {});
  };
  document.addEventListener("visibilitychange", look);
  look();
};

const share = async (list, say) => {
  const files = document.querySelector("[data-sharing]")?.dataset;
  if (!list || !files) return;
  const { offer } = await import(files.sharing).catch(() => ({}));
  const url = list.dataset.share;
  offer?.(url, gettext("this article"), say, (made) => {
    const item = document.createElement("li");
    item.append(made);
    list.append(item);
  });
};

const keep = async () => {
  try {
    await navigator.serviceWorker.register("/service-worker.js");
    const { active } = await navigator.serviceWorker.ready;
    // This page came before the worker did. Who is signed in gets pages of their own: none is kept.
    const isMine = document.querySelector("[data-sign-out]");
    if (!isMine) active.postMessage({ keep: location.pathname });
  } catch {
    // Outside https, in a private window, or switched off: then there is no reading offline.
  }
};

const list = async (place) => {
  const found = [];
  for (const name of await caches.keys())
    if (name.startsWith("articles-")) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) found.push([request, await cache.match(request)]);
    }
  for (const [request, answer] of found.reverse()) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const link = document.createElement("a");
    link.href = new URL(request.url).pathname;
    link.textContent = page.querySelector("h1")?.textContent ?? link.href;
    const item = document.createElement("li");
    item.append(link);
    place.append(item);
  }
  place.hidden = !found.length;
};
