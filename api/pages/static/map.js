// The map page: choose a place, walk with the arrow keys, zoom, and keep the counts right.

import { follow } from "./live-bar.js";
import { count, find } from "./states.js";
import { say } from "./words.js";
import { ring, walk } from "./walk.js";

const details = document.querySelector("#details");
const empty = document.querySelector("[data-empty-template]");
const summary = document.querySelector("[data-summary]");
const floor = document.body.querySelector("[data-floor]").dataset.floor;
const floorName = document.querySelector("#floor-title").textContent;
const listed = (kind) =>
  [...document.querySelectorAll(`#list [data-kind="${kind}"]`)].map((row) => row.dataset.space);
const here = { desks: listed("desk"), rooms: listed("room") };
const tabs = [...document.querySelectorAll("[data-free-of]")].map((place) => ({
  place,
  desks: place.dataset.freeOf.split(" ").filter(Boolean),
}));
let chosen = details.querySelector("[data-space]")?.dataset.space ?? null;
let cameFrom = null;
let saidAt = 0;

find();
const plan = document.querySelector("#plan");
if (plan) walk(plan);

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-select], [data-close]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (link.hasAttribute("data-close")) close();
  else choose(link.getAttribute("data-select"), link);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && chosen) close();
});

async function choose(id, from) {
  cameFrom = from;
  if (!(await load(id))) return location.assign(from.getAttribute("href"));
  chosen = id;
  mark();
  history.replaceState(null, "", `/?space=${encodeURIComponent(id)}`);
  const title = document.querySelector("#details-title");
  title.focus({ preventScroll: true });
  const box = details.getBoundingClientRect();
  if (box.top < 0 || box.top > innerHeight - 120) details.scrollIntoView({ block: "start" });
}

async function load(id) {
  const answer = await fetch(`/spaces/${encodeURIComponent(id)}`, { cache: "no-store" });
  if (!answer.ok || answer.redirected) return false;
  const open = details.querySelector("[data-reasons]")?.open;
  details.innerHTML = await answer.text();
  if (open) details.querySelector("[data-reasons]").open = true;
  find();
  return true;
}

function close() {
  chosen = null;
  details.replaceChildren(empty.content.cloneNode(true));
  find();
  mark();
  history.replaceState(null, "", `/?floor=${encodeURIComponent(floor)}`);
  cameFrom?.focus();
}

function mark() {
  for (const link of document.querySelectorAll("[data-select]")) {
    if (link.getAttribute("data-select") === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (plan) ring(plan, "chosen", chosen && plan.querySelector(`a[data-space="${CSS.escape(chosen)}"]`));
}

const zoom = document.querySelector("[data-zoom]");
if (zoom) setUpZoom();

function setUpZoom() {
  const scroll = document.querySelector("[data-map-scroll]");
  const steps = ["", "1.5", "2.25", "3.25"];
  let step = 0;
  const buttons = [...zoom.querySelectorAll("button")];
  zoom.hidden = false;
  document.querySelector("[data-map-help]").hidden = false;
  zoom.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / scroll.scrollWidth;
    const height = (scroll.scrollTop + scroll.clientHeight / 2) / scroll.scrollHeight;
    step = Math.max(0, Math.min(steps.length - 1, step + Number(button.dataset.zoomBy)));
    const base = Math.max(scroll.clientWidth, Number(plan.getAttribute("width")));
    plan.style.width = step ? `${base * Number(steps[step])}px` : "";
    scroll.scrollLeft = middle * scroll.scrollWidth - scroll.clientWidth / 2;
    scroll.scrollTop = height * scroll.scrollHeight - scroll.clientHeight / 2;
    buttons[0].disabled = step === 0;
    buttons[1].disabled = step === steps.length - 1;
  });
  buttons[0].disabled = true;
  new ResizeObserver(() => {
    if (scroll.scrollWidth > scroll.clientWidth + 1) scroll.tabIndex = 0;
    else scroll.removeAttribute("tabindex");
  }).observe(plan);
}

follow((changed, spaces, whole) => {
  const desks = count(here.desks);
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = desks[place.dataset.count];
  }
  for (const { place, desks } of tabs) {
    place.textContent = count(desks).free;
  }
  if (chosen && (changed.includes(chosen) || (!whole && spaces.some(({ id }) => id === chosen)))) {
    load(chosen);
  }
  const moved = changed.some((id) => here.desks.includes(id) || here.rooms.includes(id));
  if (moved && Date.now() - saidAt > 15_000) {
    saidAt = Date.now();
    const rooms = count(here.rooms);
    summary.textContent = say("floor.counts", {
      floor: floorName, free: desks.free, total: desks.total, rooms: rooms.free, allRooms: rooms.total,
    });
  }
});
