"use strict";
// A button that copies the text of an entry. Where the browser does not let us, the text is selected instead.
for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(button.dataset.said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    said.textContent = await copied(text) ? button.dataset.done ?? "已复制，可以粘贴到群里。" : "文字已选中，请按复制键，或长按选择“复制”。";
  });
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.value);
    return true;
  } catch {
    text.focus();
    text.select();
    text.setSelectionRange(0, text.value.length);
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
