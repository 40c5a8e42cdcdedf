// Small helps for the office's pages; everything works without them.
"use strict";

// A nil report leaves the entries out, so that none is sent by mistake.
for (const nil of document.querySelectorAll("[data-nil]")) {
  const entries = nil.form.querySelector("[data-entries]");
  const set = () => { entries.disabled = nil.checked; entries.hidden = nil.checked; };
  nil.addEventListener("change", set);
  set();
}

// Tick all reports that wait, see how many are ticked.
const take = document.getElementById("take");
if (take) {
  const boxes = [...document.querySelectorAll('input[name="take"]')];
  const button = take.querySelector("[data-take]");
  const all = take.querySelector("[data-all]");
  const set = () => {
    const count = boxes.filter((box) => box.checked).length;
    button.textContent = count ? `接收选中的${count}份` : "接收选中的";
    button.disabled = !count;
    all.textContent = count === boxes.length ? "全部不选" : "全部选中";
  };
  all.addEventListener("click", (event) => {
    event.preventDefault();
    const on = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = on;
    set();
  });
  for (const box of boxes) box.addEventListener("change", set);
  // A second click would be answered that everything is taken already.
  take.addEventListener("submit", () => { setTimeout(() => { button.disabled = true; }); });
  set();
}
