// Drafts that survive a closed browser, and answers that wait on the phone for a connection.
// Without this script every page works as a plain form.
"use strict";

const DATABASE = "duban", WAITING = "waiting", RETRY = 30000, LONGEST_SIDE = 1600, LARGEST = 15e6;
const $ = (id) => document.getElementById(id);
const token = location.pathname.split("/")[2];

// What was typed, kept as one types; photos never, they may be large.

const draftName = (form) => `draft:${form.dataset.draft}`;
const isOurs = (name) => !["seen_version", "seen_form"].includes(name) && !name.startsWith("up-");

function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => isOurs(name) && typeof value === "string");
}

function keep(form) {
  const draft = { seen: form.elements.seen_version.value, fields: typed(form) };
  try { localStorage.setItem(draftName(form), JSON.stringify(draft)); } catch { /* a full or closed store */ }
}

function kept(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function forget(name) {
  try { localStorage.removeItem(name); } catch { /* as above */ }
}

function fill(form, fields) {
  for (const one of form.elements) {
    if (!one.name || !isOurs(one.name) || one.type === "file") continue;
    const values = fields.filter(([name]) => name === one.name).map(([, value]) => value);
    if (one.type === "checkbox" || one.type === "radio") one.checked = values.includes(one.value);
    else if (values.length) one.value = values[0];
  }
}

function restore(form) {
  const draft = kept(draftName(form)), said = $("restored");
  if (!draft || !said || "typed" in form.dataset) return;
  const again = () => {
    fill(form, draft.fields);
    said.textContent = "已恢复未提交的内容。";
    form.closest("details")?.setAttribute("open", "");
  };
  said.hidden = false;
  if (draft.seen === form.elements.seen_version.value) return again();
  // Somebody has reported since: what was typed before is offered, not put in place of what was reported.
  said.textContent = "本机还有一份较早填写、未提交的内容。";
  said.append(button("恢复", again));
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

// What waits for a connection, photos and all.

function store(mode, act) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(WAITING, { keyPath: "draft" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const work = opening.result.transaction(WAITING, mode);
      const request = act(work.objectStore(WAITING));
      work.oncomplete = () => { opening.result.close(); done(request.result); };
      work.onerror = work.onabort = () => failed(work.error);
    };
  });
}

const put = (item) => store("readwrite", (all) => all.put(item));
const drop = (item) => store("readwrite", (all) => all.delete(item.draft));
const waiting = () => store("readonly", (all) => all.getAll()).catch(() => []);

async function shrink(file) {
  if (!file.type.startsWith("image/")) return file;
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return small && small.size < file.size ? small : file;
  } catch {
    return file; // what this phone cannot draw the server may still read
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function pack(form) {
  const files = [];
  for (const input of form.querySelectorAll("input[type=file]"))
    for (const file of input.files) {
      const data = await shrink(file);
      if (data.size > LARGEST) throw new Refused(`“${file.name}”超过15 MB，请换小一些的文件再报。`);
      files.push({ name: input.name, called: file.name, data });
    }
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const { draft } = form.dataset;
  return { draft, path: form.getAttribute("action"), title: document.querySelector("h1").textContent, fields, files };
}

class Refused extends Error {} // its message is the server's page, or a sentence
class NotYet extends Error {} // its message says why; the same is sent again later

const LATER = [408, 425, 429];

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", body }).catch(() => { throw new NotYet("没有网络"); });
  if (answer.status >= 500 || LATER.includes(answer.status)) throw new NotYet("暂时报不上去");
  return answer;
}

const reason = (wrong) => (wrong instanceof NotYet ? wrong.message : "暂时报不上去");

// One file after the other, then the answer that names them: what is there already is not sent again.
async function send(item) {
  // A newer link of the same person opens what an older one no longer does.
  const mine = $("waiting")?.dataset.who === item.draft.split("-")[0];
  const path = mine ? item.path.replace(/^\/l\/[^/]+/, `/l/${token}`) : item.path;
  while (item.files.length) {
    const { name, called, data } = item.files[0], body = new FormData();
    body.append("file", data, called);
    const answer = await post(`${path.replace(/\/nil$/, "")}/file`, body);
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({ detail: "没有收下" }));
      throw new Refused(`“${called}”：${said.detail}`);
    }
    item.fields.push([name.replace(/^up-/, "f-"), (await answer.json()).sha256]);
    item.files.shift();
    await put(item).catch(() => {});
  }
  const body = new FormData();
  for (const [name, value] of item.fields) body.append(name, value);
  const answer = await post(path, body);
  if (!answer.redirected) throw new Refused(await answer.text());
  await drop(item).catch(() => {});
  forget(`draft:${item.draft}`);
  return answer.url;
}

function say(text, ...more) {
  const note = $("waiting");
  const bar = Object.assign(document.createElement("div"), { className: "bar" });
  bar.append(...more);
  note.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }), bar);
  if (note.hidden) setTimeout(() => note.scrollIntoView({ block: "center" }));
  note.hidden = false;
}

function sayWaiting(item, why) {
  const form = $("answer"), part = $("form-part"), then = why === "没有网络" ? "联网后自动报送" : "稍后自动再报";
  if (form?.dataset.draft !== item.draft) return say(`${why}，有上报存在本机，${then}：${item.title}`);
  part.hidden = true;
  $("said")?.remove();
  say(`${why}，已存在本机，${then}。请不要清除浏览器数据。`,
    button("现在再试", flush),
    button("取回修改", async () => {
      await drop(item).catch(() => {});
      $("waiting").hidden = true;
      part.hidden = false;
    }));
}

// The server's own page says what is wrong, with all that was typed.
function show(page) {
  const fresh = new DOMParser().parseFromString(page, "text/html"), main = fresh.querySelector("main");
  if (!main || !page.includes("<html")) return say(page);
  document.title = fresh.title;
  document.querySelector("main").replaceWith(main);
  begin();
  window.scrollTo(0, 0);
  $("said")?.focus();
}

async function submit(event) {
  event.preventDefault();
  const form = event.target, pressed = form.querySelector("button.main");
  if (pressed.disabled) return;
  pressed.disabled = true;
  if (!("nil" in form.dataset)) keep(form);
  let item;
  try {
    item = await pack(form);
    await put(item).catch(() => {}); // kept before it is sent: the browser may be closed meanwhile
    location.assign(await send(item));
  } catch (wrong) {
    if (wrong instanceof Refused) {
      if (item) await drop(item).catch(() => {});
      show(wrong.message);
    } else if (await waiting().then((all) => all.some((one) => one.draft === item.draft))) sayWaiting(item, reason(wrong));
    else say(`${reason(wrong)}，没有报送；填写的文字存在本机，照片没有。请不要关闭本页，稍后再按一次。`);
  } finally {
    pressed.disabled = false;
  }
}

let busy = false;

async function flush() {
  if (busy) return;
  busy = true;
  try {
    for (const item of await waiting()) {
      try {
        const receipt = await send(item);
        if ($("answer")?.dataset.draft === item.draft) return location.assign(receipt);
        const link = Object.assign(document.createElement("a"), { href: receipt, textContent: "查看回执" });
        say(`存在本机的上报已报送：${item.title}`, link);
      } catch (wrong) {
        if (!(wrong instanceof Refused)) { sayWaiting(item, reason(wrong)); continue; }
        await drop(item).catch(() => {});
        if ($("answer")?.dataset.draft === item.draft) { show(wrong.message); continue; }
        const link = Object.assign(document.createElement("a"), { href: item.path, textContent: "打开核对" });
        say(`存在本机的上报没有被接收，请核对后再报：${item.title}`, link);
      }
    }
  } finally {
    busy = false;
  }
}

function begin() {
  const form = $("answer"), done = $("received");
  if (done && kept(`draft:${done.dataset.done}`)?.fields.some(([, value]) => value === done.dataset.key))
    forget(`draft:${done.dataset.done}`);
  if (!form) return;
  if (!("typed" in form.dataset)) form.elements.key.value = newKey(); // a page from the store may be shown twice
  if (!("nil" in form.dataset)) {
    restore(form);
    form.addEventListener("input", () => keep(form));
  }
  form.addEventListener("submit", submit);
}

begin();
flush();
addEventListener("online", flush);
setInterval(flush, RETRY);

if ("serviceWorker" in navigator)
  navigator.serviceWorker.register("/l/sw.js").then(() => navigator.serviceWorker.ready).then(() => {
    // The first page was here before its keeper.
    const own = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    if (!navigator.serviceWorker.controller && $("waiting")) caches.open("duban").then((all) => all.addAll([...new Set([location.pathname, `/l/${token}`, ...own])]));
  }).catch(() => {});
