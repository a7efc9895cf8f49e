// The service worker of the static site: it keeps the page for when there is no network, sends the headers that a file server does
// not, and takes a new version when the page says so. About 100 lines of our own: Workbox would add its run time of several times that,
// and has no place for the headers and for what a new version must wait for.

/** By path from the site's folder: the integrity of each file of this version. The build writes it at the head of this file. */
declare const SITE_FILES: Record<string, string>;

const worker = self as unknown as ServiceWorkerGlobalScope;
const root = new URL("./", worker.location.href);
/** Of this site alone: others of its origin, in other folders, have the same storage. */
const caches_ = `zarrcam ${root.pathname} `;
const urlOf = (path: string): string => new URL(path, root).href;

/** Of the whole list, so that every other version has another. */
async function cacheName(): Promise<string> {
  const list = new TextEncoder().encode(JSON.stringify(SITE_FILES));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", list)).subarray(0, 8);
  return caches_ + Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * With the headers of a page of its own, which give it precise clocks and its memory's figures. Workers must have them, too, or an isolated
 * page starts none. Nobody may frame it.
 */
function withHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  // Of bytes that came over the network; these are decoded.
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.append("Content-Security-Policy", "frame-ancestors 'none'");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** All of this version, or nothing: a site that is half uploaded is not taken. */
async function install(): Promise<void> {
  const name = await cacheName();
  // A worker that differs in nothing but itself has the cache of the one that runs.
  const isOfNoOther = !(await caches.has(name));
  const cache = await caches.open(name);
  try {
    await Promise.all(Object.entries(SITE_FILES).map(([path, integrity]) => keep(cache, path, integrity)));
  } catch (error) {
    if (isOfNoOther) await caches.delete(name);
    throw error;
  }
}

async function keep(cache: Cache, path: string, integrity: string): Promise<void> {
  const url = urlOf(path);
  const isNamedByContent = path.startsWith("assets/");
  const kept = isNamedByContent ? await caches.match(url) : undefined;
  if (kept) return cache.put(url, kept);
  const response = await fetch(url, { integrity, cache: isNamedByContent ? "default" : "no-cache" });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  await cache.put(url, withHeaders(response));
}

async function activate(): Promise<void> {
  const own = await cacheName();
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(caches_) && name !== own).map((name) => caches.delete(name)),
  );
  // The page of the first visit: what it loads later is to be there without a network, too.
  await worker.clients.claim();
}

/** The path of one of our files; null: it is none, or is asked for otherwise than as a whole. */
function ownPath({ method, mode, url, headers }: Request): string | null {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || headers.has("Range") || origin !== root.origin || !pathname.startsWith(root.pathname))
    return null;
  const path = pathname.slice(root.pathname.length);
  if (mode === "navigate" && path === "index.html") return "";
  return path in SITE_FILES ? path : null;
}

async function answer(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(await cacheName());
  // The browser may have emptied it.
  return (await cache.match(urlOf(path))) ?? withHeaders(await fetch(request));
}

/** Other pages of the site run on what the version before has kept: it goes when the last of them does. */
async function takeOver(): Promise<number> {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const others = pages.filter(({ url }) => url.startsWith(root.href)).length - 1;
  if (others <= 0) await worker.skipWaiting();
  return Math.max(0, others);
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const path = ownPath(event.request);
  if (path !== null) event.respondWith(answer(path, event.request));
});
// The page asks, by a port for the answer: how many other pages stand in the way.
worker.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (event.data === "take over" && port) event.waitUntil(takeOver().then((others) => port.postMessage(others)));
});
