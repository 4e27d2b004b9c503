// Keeps the app's own pages and files, so that it opens without a line. Nothing else: what a page
// asks for data is never looked at here, and nothing of it is kept. Its scope is /fill/.
interface Kept { version: string; pages: string[]; files: string[] }
interface Waits extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetches extends Waits { request: Request; respondWith(answer: Promise<Response>): void }
interface Told extends Waits { data: unknown }
interface Worker {
  DATLANH: Kept;
  addEventListener(type: string, listener: (event: never) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = self as unknown as Worker;
const kept = worker.DATLANH;
const NAME = `fill-${kept.version}`;
const here = new Set([...kept.pages, ...kept.files]);

worker.addEventListener("install", (event: Waits) => {
  event.waitUntil(caches.open(NAME).then((cache) => Promise.all([...here].map(async (address) => {
    // From the server, never from the browser's own cache: pages and files must be of one version.
    const answer = await fetch(address, { cache: "reload", redirect: "manual" });
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    await cache.put(address, answer);
  }))));
});

worker.addEventListener("activate", (event: Waits) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("fill-") && name !== NAME) await caches.delete(name);
    await worker.clients.claim();
  })());
});

worker.addEventListener("fetch", (event: Fetches) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || !here.has(address.pathname)) return;
  event.respondWith((async () => {
    const cache = await caches.open(NAME);
    return (await cache.match(address.pathname)) ?? fetch(request);
  })());
});

// A page asks for the change to a new version; by itself it waits until every page is closed.
worker.addEventListener("message", (event: Told) => {
  if (event.data === "change") event.waitUntil(worker.skipWaiting());
});

export {};
