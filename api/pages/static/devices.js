// Devices: lines are copied with a press; without script they are marked by hand.

import { say } from "./words.js";

const SAID_MS = 2_500;
const said = document.querySelector("[data-said]");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const lines = button.closest("[data-lines]").querySelector("pre");
  const words = say((await isCopied(lines)) ? "devices.js.copied" : "devices.js.selected");
  const name = (button.dataset.name ??= button.firstChild.data);
  button.firstChild.data = words;
  said.textContent = words;
  clearTimeout(button.saying);
  button.saying = setTimeout(() => {
    button.firstChild.data = name;
    said.textContent = "";
  }, SAID_MS);
}

async function isCopied(lines) {
  try {
    await navigator.clipboard.writeText(lines.textContent);
    return true;
  } catch {
    // Over plain http there is no clipboard for scripts: mark the lines, and ask the old way.
    getSelection().selectAllChildren(lines);
    return document.execCommand("copy");
  }
}
