// Drafts that survive a closed browser, and reports that stay on the phone until they are received.
// Without this script every page works as a plain form.
"use strict";

const RETRY = 30000, LONGEST_SIDE = 1600, LARGEST = 15e6, LATER = [408, 425, 429];
const OFFLINE = ["没有网络", "联网后自动报送"], BUSY = ["暂时报不上去", "稍后自动再报"], EXPIRED = ["链接已失效", "打开新链接后自动再报"];
const token = location.pathname.split("/")[2];
const $ = (id) => document.getElementById(id);
const isBox = (one) => ["checkbox", "radio"].includes(one.type);

function make(tag, facts, ...inside) {
  const made = Object.assign(document.createElement(tag), facts);
  made.append(...inside);
  return made;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
}

// What was typed, kept as one types; photos never, they may be large.

function legible(one) {
  const label = one.labels[0].textContent.trim(), group = one.closest("fieldset")?.querySelector("legend").textContent;
  return `${group ?? label}：${isBox(one) ? label : one.value}`;
}

function typed(form) {
  const entries = [...form.elements].filter((one) => one.labels?.length && (isBox(one) ? one.checked : one.type !== "file" && one.value));
  return {
    draft: form.dataset.draft, id: form.dataset.item, at: Date.now(), path: form.getAttribute("action"),
    title: document.querySelector("h1").textContent, lines: ("nil" in form.dataset ? ["零报告"] : []).concat(entries.map(legible)),
    fields: [...new FormData(form)].filter(([, value]) => typeof value === "string"),
  };
}

const drafts = (act) => { try { return act(localStorage); } catch { return null; } }; // a full or closed store
const kept = (name) => drafts((all) => JSON.parse(all.getItem(`draft:${name}`)));
const forget = (name) => drafts((all) => all.removeItem(`draft:${name}`));

function keep(form) {
  const draft = { ...typed(form), seen: form.elements.seen_version.value };
  if (!("nil" in form.dataset)) drafts((all) => all.setItem(`draft:${draft.draft}`, JSON.stringify(draft)));
}

function fill(form, fields) {
  for (const one of form.elements) {
    if (!one.name || one.name.startsWith("seen_") || one.type === "file") continue;
    const values = fields.filter(([name]) => name === one.name).map(([, value]) => value);
    if (isBox(one)) one.checked = values.includes(one.value);
    else one.value = values[0] ?? one.value;
  }
  form.closest("details")?.setAttribute("open", "");
}

async function restore(form) {
  const draft = kept(form.dataset.draft);
  if (!draft || "typed" in form.dataset || "nil" in form.dataset) return;
  if (draft.seen !== form.elements.seen_version.value) return setAside(draft, "此后本单位又报过；这是较早填写的内容。");
  fill(form, draft.fields);
  form.dataset.item = draft.id;
  $("restored").hidden = false;
  const item = await find(draft.id);
  if (item?.wrong) hold(form, item);
  await draw();
}

// What was typed and cannot simply go on is kept beside the reports that were refused.
async function setAside(draft, wrong) {
  const item = await find(draft.id);
  if (item && !item.wrong) return; // it waits, and will be judged
  if (draft.lines.length) await put({ ...draft, files: item?.files ?? [], wrong: item?.wrong ?? wrong });
  forget(draft.draft);
  await draw();
}

// What stays on the phone, photos and all, until its receipt comes or somebody discards it. What has a reason in
// `wrong` is not sent again by itself.

function store(mode, act) {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("duban", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("waiting", { keyPath: "id" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const work = opening.result.transaction("waiting", mode);
      const request = act(work.objectStore("waiting"));
      work.oncomplete = () => { opening.result.close(); done(request.result); };
      work.onerror = work.onabort = () => failed(work.error);
    };
  });
}

const put = (item) => store("readwrite", (all) => all.put(item));
const drop = (item) => store("readwrite", (all) => all.delete(item.id));
const find = (id) => store("readonly", (all) => all.get(id)).catch(() => undefined);
const waits = (item) => find(item.id).then((now) => now && !now.wrong);
const everything = () => store("readonly", (all) => all.getAll()).then((all) => all.sort((one, other) => one.at - other.at), () => []);

async function shrink(file) {
  if (!file.type.startsWith("image/")) return file;
  const image = make("img", { src: URL.createObjectURL(file) });
  try {
    await image.decode();
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const width = Math.round(image.naturalWidth * scale), height = Math.round(image.naturalHeight * scale);
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d").drawImage(image, 0, 0, width, height);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return small && small.size < file.size ? small : file;
  } catch {
    return file; // what this phone cannot draw the server may still read
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

// The box, the server's or one of ours, by which a photo that was chosen before stays with the report.
const boxOf = (form, file, place) => [...form.elements].find((one) => one.dataset.file === `${place}` || (isBox(one) && one.value === file.sha256));

async function pack(form) {
  const before = await find(form.dataset.item);
  const files = (before?.files ?? []).filter((file, place) => boxOf(form, file, place)?.checked ?? true);
  for (const input of form.querySelectorAll("input[type=file]"))
    for (const file of input.files) {
      const data = await shrink(file);
      if (data.size > LARGEST) throw refused(`“${file.name}”超过15 MB，请换小一些的文件再报。`);
      files.push({ name: input.name, called: file.name, data });
    }
  return { ...typed(form), files };
}

// From here on the form stands for this report: it shows its photos, and what it sends takes its place.
function hold(form, item) {
  form.dataset.item = item.id;
  for (const old of form.querySelectorAll("[data-file]")) old.closest("label").remove();
  for (const input of form.querySelectorAll("input[type=file]")) input.value = "";
  item.files.forEach((file, place) => {
    if (!form.elements[file.name] || boxOf(form, file, place)) return;
    const box = make("input", { type: "checkbox", checked: true });
    box.dataset.file = place;
    form.elements[file.name].labels[0].before(make("label", { className: "pick" }, box, ` 保留“${file.called}”（存在本机）`));
  });
}

// Why a report was not received: the same is sent again later; or it is refused, by a page that shows all of it.
const notYet = (why) => Object.assign(new Error(why[0]), { why });
const refused = (reason, page) => Object.assign(new Error(reason), { page });

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", body }).catch(() => { throw notYet(OFFLINE); });
  if (answer.status === 410) throw notYet(EXPIRED);
  if (answer.status >= 500 || LATER.includes(answer.status)) throw notYet(BUSY);
  return answer;
}

async function refusal(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = [...page.querySelectorAll("#said, .wrong")].map((one) => one.textContent.trim()).join(" ");
  const reason = said || page.querySelector("main p")?.textContent || `没有被接收（${answer.status}），请与办公室联系。`;
  return refused(reason, page.getElementById("waiting") && page);
}

// A newer link of the same person opens what an older one no longer does.
function pathOf(item) {
  const mine = $("waiting")?.dataset.who === item.draft.split("-")[0];
  return mine ? item.path.replace(/^\/l\/[^/]+/, `/l/${token}`) : item.path;
}

const sending = new Set();

// One file after the other, then the answer that names them: what is there already is not sent again.
async function send(item, stored) {
  const path = pathOf(item), body = new FormData();
  for (const file of item.files) if (!file.sha256) await sendFile(item, file, `${path.replace(/\/nil$/, "")}/file`, stored);
  for (const [name, value] of item.fields) body.append(name, value);
  for (const file of item.files) body.append(file.name.replace(/^up-/, "f-"), file.sha256);
  const answer = await post(path, body);
  if (answer.status >= 400) throw await refusal(answer);
  if (!/\/receipt\/\d+$/.test(answer.url)) throw notYet(BUSY); // some other network's page
  await drop(item).catch(() => {});
  if (kept(item.draft)?.id === item.id) forget(item.draft);
  return answer.url;
}

async function sendFile(item, file, path, stored) {
  const body = new FormData();
  body.append("file", file.data, file.called);
  const answer = await post(path, body), said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw refused(`“${file.called}”：${said.detail ?? "没有收下"}`);
  if (!said.sha256) throw notYet(BUSY);
  file.sha256 = said.sha256;
  if (!stored) return;
  if (!await waits(item)) throw notYet(BUSY); // it was taken back or discarded meanwhile
  await put(item).catch(() => {});
}

// What the page says of all this, above everything else.

const whys = new Map(), news = new Map();
let drawn = "";

const isHere = (item) => item.draft === $("answer")?.dataset.draft;
const isHeld = (item) => item.wrong && item.id === $("answer")?.dataset.item;
const isForm = (item) => isHere(item) && item.path.endsWith("/nil") === "nil" in $("answer").dataset;

function say(text, address, id) {
  news.set(id, [text, address]);
  return draw();
}

async function draw() {
  const items = await everything(), note = $("waiting"), part = $("form-part");
  if (!note) return;
  if (part) part.hidden = items.some((item) => !item.wrong && isHere(item));
  if (part?.hidden) $("said")?.remove();
  const now = JSON.stringify([items.map(({ id, at, wrong }) => [id, at, wrong, whys.get(id)]), $("answer")?.dataset.item, [...news]]);
  if (now === drawn) return; // nothing that is open closes, and nothing is read out again
  drawn = now;
  note.replaceChildren(...[...news.values()].map(told), ...items.filter((item) => !(isHeld(item) && $("said"))).map(card));
  note.hidden = !note.children.length;
}

function told([text, address]) {
  const link = address ? [" ", make("a", { href: address }, "查看回执")] : [];
  return make("div", { className: `note ${address ? "good" : "warn"}` }, make("p", {}, text, ...link));
}

function card(item) {
  const made = $("kept").content.cloneNode(true), part = (name) => made.querySelector(`[data-part=${name}]`);
  const [why, then] = whys.get(item.id) ?? [, "正在报送"];
  part("title").textContent = item.title;
  part("why").textContent = item.wrong ? `没有报上去：${item.wrong}` : `${why ? `${why}，` : ""}已存在本机，${then}。请不要清除浏览器数据。`;
  part("at").textContent = new Date(item.at).toLocaleString("zh-CN");
  part("text").textContent = [item.title, ...item.lines].join("\n");
  for (const { called, data } of item.files) {
    const href = URL.createObjectURL(data), image = data.type.startsWith("image/") ? [make("img", { src: href, alt: "", className: "thumb" })] : [];
    part("photos").append(make("li", {}, make("a", { href, download: called }, ...image, called)));
  }
  const acts = { again: !item.wrong && flush, back: isForm(item) && !isHeld(item) && takeBack, copy, discard };
  for (const [name, act] of Object.entries(acts))
    if (act) part(name).addEventListener("click", (event) => act(item, event.target));
    else part(name).remove();
  part("open").href = pathOf(item);
  if (pathOf(item) === location.pathname) {
    part("open").remove();
    made.querySelector("details").open = item.wrong && !isForm(item);
  }
  return made;
}

async function takeBack(item) {
  const form = $("answer"), other = await pack(form);
  const isOther = other.id !== item.id && (other.files.length || kept(other.draft)?.id === other.id);
  if (isOther) await put({ ...other, wrong: "填写中换了另一份，这一份还没有报。" });
  await put(Object.assign(item, { wrong: item.wrong ?? "已取回修改，还没有再报。" }));
  fill(form, item.fields);
  hold(form, item);
  keep(form);
  await draw();
  form.scrollIntoView();
}

function copy(item, button) {
  const text = button.closest("section").querySelector("[data-part=text]");
  text.closest("details").open = true;
  getSelection().selectAllChildren(text);
  button.textContent = document.execCommand("copy") ? "已复制" : "请长按文字复制"; // works without TLS too
}

async function discard(item) {
  if (!confirm(`丢弃“${item.title}”？填写的内容和照片将从本机删除，不能恢复。`)) return;
  const form = $("answer");
  await drop(item);
  if (kept(item.draft)?.id === item.id) forget(item.draft);
  if (form?.dataset.item === item.id) {
    form.reset();
    form.elements.key.value = newKey();
    hold(form, { id: newKey(), files: [] });
  }
  await draw();
}

// The server's own page says what is wrong, with all that was typed.
function show(page) {
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  drawn = "";
  begin();
  window.scrollTo(0, 0);
  $("said")?.focus();
}

// A report was not received: it waits, or stays with the reason why.
async function unsent(item, wrong, stored) {
  const why = "page" in wrong ? null : wrong.why ?? BUSY, waited = $("form-part")?.hidden;
  if (why) whys.set(item.id, why);
  else {
    item.wrong = wrong.message;
    if (stored && await find(item.id)) await put(item).catch(() => {});
    const isOurs = isForm(item) && (waited || $("answer").dataset.item === item.id);
    if (isOurs && wrong.page) show(wrong.page);
    else if (isOurs && waited) fill($("answer"), item.fields);
    if (isOurs && stored && isForm(item)) hold($("answer"), item);
  }
  if (stored) return draw();
  if (!wrong.page) return say(!why ? wrong.message : `${why[0]}，没有报送；填写的文字存在本机，照片没有。请不要关闭本页，稍后再按一次。`);
}

async function submit(event) {
  event.preventDefault();
  const form = event.target, id = form.dataset.item;
  if (form.inert) return;
  form.inert = true; // what is typed or chosen now would be in no report
  sending.add(id);
  news.delete(undefined);
  keep(form);
  let item, stored;
  try {
    item = await pack(form);
    stored = await put(item).then(() => true, () => false); // kept before it is sent: the browser may be closed meanwhile
    location.assign(await send(item, stored));
  } catch (wrong) {
    navigator.storage?.persist?.();
    await (item ? unsent(item, wrong, stored) : say(wrong.message));
    $("waiting").scrollIntoView({ block: "center" });
  } finally {
    form.inert = false;
    sending.delete(id);
  }
}

async function flush() {
  for (const item of await everything()) {
    if (sending.has(item.id) || !await waits(item)) continue;
    sending.add(item.id);
    try {
      const receipt = await send(item, true);
      if (isHere(item) && $("form-part").hidden) return location.assign(receipt);
      await say(`存在本机的上报已报送：${item.title}`, receipt, item.id);
    } catch (wrong) {
      await unsent(item, wrong, true);
    } finally {
      sending.delete(item.id);
    }
  }
  await draw();
}

function begin() {
  const form = $("answer"), done = $("received")?.dataset, over = document.querySelector("[data-closed]")?.dataset.closed;
  if (done && kept(done.done)?.fields.some(([name, value]) => name === "key" && done.key.endsWith(value))) forget(done.done);
  if (over && kept(over)) setAside(kept(over), "这一项已不能再报；这是此前填写、没有报送的内容。");
  if (!form) return;
  if (!("typed" in form.dataset)) form.elements.key.value = newKey(); // a page from the store may be shown twice
  form.dataset.item = newKey();
  restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", submit);
}

if ("stored" in document.documentElement.dataset) { // by sw.js
  $("stored").hidden = false;
  for (const one of document.querySelectorAll(".left")) one.remove();
}
begin();
draw();
flush();
addEventListener("online", flush);
setInterval(flush, RETRY);

if ("serviceWorker" in navigator)
  navigator.serviceWorker.register("/l/sw.js").then(() => navigator.serviceWorker.ready).then(() => {
    // The first page was here before its keeper.
    const own = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    if (!navigator.serviceWorker.controller && $("waiting")) caches.open("duban").then((all) => all.addAll([...new Set([location.pathname, `/l/${token}`, ...own])]));
  }).catch(() => {});
