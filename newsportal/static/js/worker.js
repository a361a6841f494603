// The service worker's rules; what they are about stands in the file that loads this one, in PORTAL:
// build, files, offline, and how many articles are kept. Always the network first.
// Kept is only what is the same for everybody ("public"), so nothing of anybody's; and when somebody
// signs out, what was read here is forgotten, too.

const SHELL = `shell-${PORTAL.build}`;
const ARTICLES = `articles-${PORTAL.build}`;
const ARTICLE = /^\/articles\/[^/]+\/$/;
const SIGN_OUT = /^\/(accounts|admin)\/logout\/$/;
// Their failures are their own, and nothing of them is looked at here.
const PRIVATE = /^\/(admin|accounts|saved|preview)\//;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const shell = await caches.open(SHELL);
      await shell.addAll(
        PORTAL.files.map((file) => new Request(file, { credentials: "omit", cache: "no-cache" })),
      );
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name !== SHELL && name !== ARTICLES) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (ARTICLE.test(event.data?.keep)) event.waitUntil(keepNow(event.data.keep));
});

const keepNow = async (path) => {
  const answer = await fetch(path, { credentials: "omit" }).catch(() => null);
  if (answer) await put(path, answer);
};

// The answer under its path, as the last of at most so many.
const put = async (path, answer) => {
  const control = answer.headers.get("Cache-Control") ?? "";
  // It was withdrawn: what readers may not see any more is not kept for them, either.
  if (answer.status === 404) await (await caches.open(ARTICLES)).delete(path);
  if (answer.status !== 200 || answer.redirected || !control.includes("public")) return;
  const articles = await caches.open(ARTICLES);
  await articles.delete(path);
  await articles.put(path, answer);
  const paths = await articles.keys();
  for (const old of paths.slice(0, -PORTAL.articles)) await articles.delete(old);
};

const readPage = async (event, path) => {
  try {
    const answer = await fetch(event.request);
    if (ARTICLE.test(path) && !new URL(event.request.url).search)
      event.waitUntil(put(path, answer.clone()));
    return answer;
  } catch {
    const kept = ARTICLE.test(path) && (await (await caches.open(ARTICLES)).match(path));
    return kept || (await caches.match(PORTAL.offline)) || Response.error();
  }
};

const readFile = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method !== "GET") {
    if (SIGN_OUT.test(pathname)) event.waitUntil(caches.delete(ARTICLES));
    return;
  }
  if (PRIVATE.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(readPage(event, pathname));
  else if (PORTAL.files.includes(pathname)) event.respondWith(readFile(request));
});
