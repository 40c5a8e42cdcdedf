// Small helps for the page of a draft; everything works without them.
"use strict";

// A proposal and its sentence are lit together, and the document shows the sentence beside it.
const lit = (sentence) => {
  for (const one of document.querySelectorAll(".now")) one.classList.remove("now");
  if (sentence === undefined || sentence === "") return;
  const about = document.querySelectorAll(`[data-sentence="${CSS.escape(sentence)}"]`);
  for (const one of about) one.classList.add("now");
};
const paper = document.querySelector(".paper");
const beside = (card) => {
  const mark = document.getElementById(`s${card.dataset.sentence}`);
  if (!mark || paper.scrollHeight <= paper.clientHeight) return;
  const off = mark.getBoundingClientRect().top - paper.getBoundingClientRect().top;
  paper.scrollTo({ top: paper.scrollTop + off - paper.clientHeight / 3 });
};
const arrived = () => {
  const at = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (at?.dataset.sentence === undefined) return;
  lit(at.dataset.sentence);
  if (at.matches(".card")) beside(at);
};
for (const card of document.querySelectorAll(".card")) {
  card.addEventListener("focusin", () => { lit(card.dataset.sentence); beside(card); });
  card.addEventListener("pointerenter", () => lit(card.dataset.sentence));
}
addEventListener("hashchange", arrived);
arrived();

// Which days an entry gives, while it is typed.
for (const form of document.querySelectorAll("[data-try]")) {
  const found = form.querySelector("[data-days-found]");
  let timer, latest = 0;
  const look = async () => {
    const mine = ++latest;
    const asked = new URLSearchParams(new FormData(form));
    let said;
    try {
      const answer = await fetch(`${form.dataset.try}?${asked}`, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      said = await answer.json();
    } catch {
      return;
    }
    if (mine !== latest) return;
    const lines = said.wrong ? [said.wrong] : said.said;
    found.classList.toggle("late", Boolean(said.wrong));
    found.replaceChildren(...lines.map((line) => {
      const one = document.createElement("p");
      one.textContent = line;
      return one;
    }));
  };
  for (const entry of form.querySelectorAll("[data-days]")) {
    entry.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 300); });
  }
}
