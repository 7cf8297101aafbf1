// Find a desk: keeps the list right without a reload, and answers a changed filter in place.

import { follow } from "./live-bar.js";
import { find, isGrey } from "./states.js";
import { say } from "./words.js";

const LINGER_MS = 8_000;
const form = document.querySelector("[data-filters]");
const results = document.querySelector("[data-results]");
const leaving = new Map();

find();

form.addEventListener("change", async () => {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const address = `/desks?${asked}`;
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  results.replaceChildren(...page.querySelector("[data-results]").childNodes);
  history.replaceState(null, "", address);
  leaving.clear();
  find();
  settle();
});

// A place that was just taken stays in sight for a moment, so that nothing jumps under a finger.
function settle(changed = []) {
  if (isGrey()) return;
  const list = results.querySelector("[data-wanted]");
  const wanted = list.dataset.wanted;
  const now = Date.now();
  let found = 0;
  for (const card of list.children) {
    const fits = wanted === "any" || card.dataset.state === wanted;
    const id = card.dataset.space;
    if (fits) leaving.delete(id);
    else if (changed.includes(id) && !card.hidden) leaving.set(id, now + LINGER_MS);
    const lingers = (leaving.get(id) ?? 0) > now;
    card.hidden = !fits && !lingers;
    card.classList.toggle("leaving", !fits && lingers);
    if (fits) found += 1;
  }
  const text = say("desks.count", { n: found });
  const head = document.querySelector("[data-found]");
  if (head.textContent !== text) head.textContent = text;
  results.querySelector("[data-none]").hidden = found > 0;
}

follow((changed) => settle(changed));
setInterval(() => settle(), 2_000);
