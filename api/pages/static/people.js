// Find a colleague: the search stays in the browser, and an answer is asked for one person by id.

import { clock, door, say } from "./words.js";

const names = document.querySelector("[data-names]");
const search = document.querySelector("[data-search]");
const answer = document.querySelector("[data-answer]");
const body = answer.querySelector("[data-answer-body]");
const template = answer.querySelector("[data-place-template]");
const title = answer.querySelector("[data-answer-name]");
let asked = 0;

const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

search.addEventListener("input", () => {
  const words = plain(search.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const item of names.children) {
    const name = plain(item.dataset.name);
    item.hidden = !words.every((word) => name.includes(word));
    if (!item.hidden) found += 1;
  }
  document.querySelector("[data-found]").textContent = say("finder.found", { n: found });
});

names.addEventListener("click", (event) => {
  const button = event.target.closest("[data-person]");
  if (!button) return;
  for (const other of names.querySelectorAll("[data-person]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  ask(button.dataset.person, button.closest("li").dataset.name);
});

async function ask(person, name) {
  const turn = (asked += 1);
  title.textContent = name;
  tell(say("finder.asking"));
  answer.scrollIntoView({ block: "nearest" });
  try {
    const reply = await fetch(`/v1/people/${encodeURIComponent(person)}/whereabouts`, {
      headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang },
      cache: "no-store",
      redirect: "error",
    });
    if (turn !== asked) return;
    if (reply.status === 401) return location.assign(door());
    if (!reply.ok) return tell(say(REFUSED[reply.status] ?? "finder.problem"));
    show(await reply.json());
  } catch {
    if (turn === asked) tell(say("finder.problem"));
  }
}

const REFUSED = { 429: "finder.too-many", 503: "finder.unavailable", 404: "finder.nowhere" };

function tell(text) {
  const line = document.createElement("p");
  line.textContent = text;
  body.replaceChildren(line);
}

function show({ place, since, lastEvidence }) {
  if (!place) return tell(say("finder.nowhere"));
  const shown = template.content.cloneNode(true);
  shown.querySelector("[data-place]").textContent = place.name;
  setTime(shown.querySelector("[data-since]"), since);
  setTime(shown.querySelector("[data-heard]"), lastEvidence);
  const link = shown.querySelector("[data-on-map]");
  if (place.kind === "room") link.href = `/?space=${encodeURIComponent(place.id)}#details`;
  else if (place.kind !== "building") link.href = `/?floor=${encodeURIComponent(place.id)}`;
  else link.parentElement.remove();
  body.replaceChildren(shown);
}

function setTime(element, moment) {
  if (!moment) return element.closest("div").remove();
  element.dateTime = moment;
  element.textContent = clock(moment);
}
