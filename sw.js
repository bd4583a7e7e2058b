// The service worker: keeps the files of one build, so that the application starts without a network.
// It keeps what the build has listed and nothing else: no answer of an API ever goes into a cache.
"use strict";

// Written here by the build: what it consists of, with the digest of each file, and a name for exactly that.
const VERSION = "";
const FILES = {};

// Other applications of this origin may keep caches too, and so may this one under another path.
const PREFIX = `perennial:${new URL(self.registration.scope).pathname}:`;
const CACHE = PREFIX + VERSION;
// How long a page may take to come before the one that is kept is shown.
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(announce)));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const name = nameOf(request);
  if (name === null) return; // The browser asks the network, as if there were no worker.
  if (request.mode === "navigate") {
    // What lies beside the pages of the application is somebody else's, such as another installation below this one.
    if (PAGES.test(name)) event.respondWith(page(event));
  } else if (Object.hasOwn(FILES, name)) event.respondWith(file(request, CACHE));
  // A page of an older build goes on with its own files for as long as it is open.
  else if (HASHED.test(name)) event.respondWith(file(request));
});
self.addEventListener("message", (event) => {
  // A page says which build it is of, or that its person wants this one.
  if (event.data === "take over" || event.data === VERSION) self.skipWaiting();
  else if (event.data !== "hello") event.source.postMessage("new version");
  event.waitUntil(sweep());
});

// The paths of the application's pages (src/app.rs).
const PAGES = /^(index\.html|(login|queue|datasets\/[^/]+|devices|activity|settings)\/?)?$/;

// A file of some build: its name holds a hash of its contents.
const HASHED = /[-_][0-9a-f]{12,}[^/]*$/;

// The path below this worker's, or null for what is none of its business.
function nameOf(request) {
  const { scope } = self.registration;
  if (request.method !== "GET" || request.headers.has("authorization")) return null;
  if (!request.url.startsWith(scope)) return null;
  const name = request.url.slice(scope.length).split(/[?#]/)[0];
  const { pathname } = new URL(request.url);
  return /^\/api(\/|$)/.test(pathname) || /^api(\/|$)/.test(name) ? null : name;
}

async function keepAll() {
  const cache = await caches.open(CACHE);
  const files = Object.entries(FILES).map(async ([name, integrity]) => {
    // What the page has loaded a moment ago need not come again; an older file under the same name will not do.
    const response = await fetch(name, { integrity }).catch(() => fetch(name, { integrity, cache: "reload" }));
    if (!response.ok) throw new Error(`${name} is answered with ${response.status}`);
    await cache.put(name, response);
  });
  const shell = fetch("./", { cache: "reload", headers: { accept: "text/html" } }).then(keepPage);
  const [isKept] = await Promise.all([shell, ...files]);
  if (!isKept) throw new Error("the page belongs to another build");
}

// The newest page wins, since an operator may have changed its configuration; the one that is kept comes where there
// is no network, or none to speak of.
async function page(event) {
  const fresh = fetch(event.request);
  const copied = fresh.then((response) => keepPage(response.clone()));
  event.waitUntil(copied.catch(() => {}));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([fresh, late]).catch(() => undefined);
  if (answer && ![502, 503, 504].includes(answer.status)) return answer;
  const kept = await caches.match("./", { cacheName: CACHE, ignoreVary: true });
  return kept ?? answer ?? fresh;
}

// Keeps a page if it is one of this build: not an error, not the page of whoever stands between here and the server.
async function keepPage(response) {
  const type = response.headers.get("content-type") ?? "";
  if (response.status !== 200 || response.redirected || !type.startsWith("text/html")) return false;
  const text = await response.clone().text();
  if (!text.includes("perennial-config") || !text.includes(VERSION) || !isForHere(text)) return false;
  await (await caches.open(CACHE)).put("./", response);
  return true;
}

// Whether a page is the one of this worker's path, and not of an installation of the same build below another.
function isForHere(text) {
  const [, base] = /<base\s+href=["']?([^"'\s>]*)/i.exec(text) ?? [];
  const { scope } = self.registration;
  return base !== undefined && new URL(base, scope).href === scope;
}

async function file(request, cacheName) {
  const kept = await caches.match(request.url, { cacheName, ignoreVary: true });
  return kept ?? fetch(request);
}

async function takeOver() {
  await self.clients.claim();
  await sweep();
}

// Tells the pages of other builds that this one is ready. Where there are none, nothing needs to wait.
async function announce() {
  const pages = await pagesHere();
  const others = pages.filter(({ version }) => version !== VERSION);
  if (others.length === 0) self.skipWaiting();
  // One that does not answer is about to start, and will say itself which build it is of.
  for (const { page, version } of others) if (version !== null) page.postMessage("new version");
}

// Removes the files of other builds once no page runs one of them. A page that does not answer may.
async function sweep() {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  if (others.length === 0) return;
  const versions = (await pagesHere()).map(({ version }) => version);
  const isNewerOnItsWay = self.registration.installing ?? self.registration.waiting;
  if (versions.includes(null) || isNewerOnItsWay) return;
  const idle = others.filter((name) => !versions.includes(name.slice(PREFIX.length)));
  await Promise.all(idle.map((name) => caches.delete(name)));
}

// Every page under this worker's path, with the build that it is of.
async function pagesHere() {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = all.filter((page) => page.url.startsWith(self.registration.scope));
  return Promise.all(here.map(async (page) => ({ page, version: await versionOf(page) })));
}

function versionOf(page) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data);
    setTimeout(() => resolve(null), PATIENCE_MS);
    page.postMessage("version", [port2]);
  });
}
