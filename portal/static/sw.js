// Keeps the last pages of a link, so that they open without a network. Answers, files and receipts it leaves alone.
"use strict";

const STORE = "duban", MOST = 40, PATIENCE = 5000;
const NOTHING = "<!doctype html><title>没有网络</title><p>现在没有网络，这一页没有存在本机；请联网后再打开。";
const PAGE = /^\/l\/[^/]+(\/\d+(\/nil)?)?$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(stored(request));
  else if (PAGE.test(url.pathname)) event.respondWith(page(request, url));
});

// The address of a file changes with its content.
async function stored(request) {
  return (await caches.match(request)) || keep(request.url, await fetch(request));
}

// The network first; what is stored, when there is none, it takes too long, or the server is not well.
async function page(request, url) {
  const old = await caches.match(url.pathname);
  const fresh = fetch(request).then((answer) => (url.search ? answer : keep(url.pathname, answer)));
  if (!old) return fresh.catch(() => new Response(NOTHING, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } }));
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  const answer = await Promise.race([fresh.catch(() => null), late]);
  return answer && answer.status < 500 ? answer : aged(old);
}

// With a mark by which the page says that it is old.
async function aged(old) {
  const text = (await old.text()).replace("<html", "<html data-stored");
  return new Response(text, { status: old.status, headers: old.headers });
}

async function keep(name, answer) {
  const all = await caches.open(STORE), gone = answer.status === 404 || answer.status === 410;
  if (!gone && (!answer.ok || answer.redirected)) return answer;
  await all.delete(name, { ignoreSearch: true }); // also a file's former content
  if (!gone) await all.put(name, answer.clone());
  const pages = (await all.keys()).filter((one) => !one.url.includes("/static/"));
  await Promise.all(pages.slice(0, Math.max(0, pages.length - MOST)).map((one) => all.delete(one)));
  return answer;
}
