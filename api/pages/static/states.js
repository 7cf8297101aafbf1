// States: what is known of each space, put on every element that bears its id.

import { clock, heardOf, say } from "./words.js";

const known = new Map();
let elements = new Map();
let greyed = false;

/** Looks anew which elements show a space. */
export function find(root = document) {
  elements = new Map();
  for (const element of root.querySelectorAll("[data-space]")) {
    const found = elements.get(element.dataset.space);
    if (found) found.push(element);
    else elements.set(element.dataset.space, [element]);
  }
}

/** Whether all is shown as unknown because the connection is lost. */
export const isGrey = () => greyed;

/** How many of some spaces are in each state; one that nothing was told of is unknown. */
export function count(ids) {
  if (greyed) return { free: "?", occupied: "?", away: "?", unknown: ids.length, total: ids.length };
  const counts = { free: 0, occupied: 0, away: 0, unknown: 0, total: 0 };
  for (const id of ids) {
    counts[known.get(id)?.state ?? "unknown"] += 1;
    counts.total += 1;
  }
  return counts;
}

/** Takes what the stream tells and shows it; returns the ids whose state changed. */
export function take(spaces, whole) {
  const changed = [];
  greyed = false;
  for (const space of spaces) {
    heardOf(space.lastEvidence);
    const before = known.get(space.id);
    known.set(space.id, { ...before, ...space });
    if (before && before.state !== space.state) changed.push(space.id);
    for (const element of elements.get(space.id) ?? []) {
      show(element, known.get(space.id), !whole && before && before.state !== space.state);
    }
  }
  return changed;
}

/** Shows every space as unknown: what is on the page may be out of date. */
export function grey() {
  greyed = true;
  for (const list of elements.values()) {
    for (const element of list) show(element, { state: "unknown", since: null }, false);
  }
}

/** Shows one space on one element. */
export function show(element, space, flash) {
  const state = say(`state.${space.state}`);
  element.dataset.state = space.state;
  for (const part of element.querySelectorAll("[data-part]")) {
    const { part: name } = part.dataset;
    if (name === "symbol") part.setAttribute("href", `#state-${space.state}`);
    if (name === "state") part.textContent = state;
    if (name === "hint") part.textContent = say(`state.hint.${space.state}`);
    if (name === "since" && "since" in space) setTime(part, space.since);
    if (name === "evidence" && "lastEvidence" in space) setTime(part, space.lastEvidence);
  }
  if (element.hasAttribute("aria-label")) {
    element.setAttribute("aria-label", `${element.dataset.name}: ${state}`);
  }
  const title = element.querySelector("title");
  if (title) title.textContent = `${element.dataset.name}: ${state}`;
  if (flash) {
    element.classList.remove("just-changed");
    void element.getBoundingClientRect();
    element.classList.add("just-changed");
  }
}

function setTime(part, moment) {
  part.dateTime = moment ?? "";
  part.textContent = clock(moment);
  const line = part.closest(".since");
  if (line) line.hidden = !moment;
}
