// The screen on the wall: its key stays in the fragment of the address and in request headers.

import { Live } from "./live.js";
import { count, find, grey, take } from "./states.js";
import { say, timeOf, useZone } from "./words.js";

const floor = document.body.dataset.screenFloor;
const key = new URLSearchParams(location.hash.slice(1)).get("key");
const headers = key ? { Authorization: `Bearer ${key}` } : {};
const map = document.querySelector("[data-screen-map]");
const notice = document.querySelector("[data-notice]");
const line = document.querySelector("[data-live]");
const AGAIN_MS = 5_000;
const REFUSED = { 401: key ? "screen.js.wrong-key" : "screen.js.key", 403: "screen.js.forbidden", 404: "screen.js.unknown-floor" };

addEventListener("hashchange", () => location.reload());
setInterval(tick, 1_000);
tick();
open();

async function open() {
  try {
    const language = new URLSearchParams(location.search).get("lang");
    const asked = language ? `?lang=${encodeURIComponent(language)}` : "";
    const answer = await fetch(`/screen/${encodeURIComponent(floor)}/plan${asked}`, {
      headers: { Accept: "application/json", ...headers },
      cache: "no-store",
      redirect: "error",
    });
    if (REFUSED[answer.status]) return warn(say(REFUSED[answer.status]));
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    draw(await answer.text());
  } catch {
    warn(say("screen.js.connecting"));
    setTimeout(open, AGAIN_MS * (0.5 + Math.random() / 2));
  }
}

function draw(html) {
  map.innerHTML = html;
  const about = map.firstElementChild.dataset;
  useZone(about.zone);
  document.querySelector("[data-site]").textContent = about.siteName;
  document.querySelector("[data-floor-name]").textContent = about.floorLabel;
  document.title = `${about.floorLabel} \u00b7 vrijplek`;
  const drawn = map.querySelector(".plan")?.viewBox.baseVal;
  document.body.dataset.shape = drawn && drawn.height > drawn.width * 0.62 ? "tall" : "wide";
  tick();
  find();
  follow();
}

function follow() {
  const { desks, rooms } = map.firstElementChild.dataset;
  const here = { desks: desks.split(" ").filter(Boolean), rooms: rooms.split(" ").filter(Boolean) };
  new Live({
    stream: "/v1/changes",
    poll: `/v1/spaces?floor=${encodeURIComponent(floor)}`,
    headers,
    onSpaces(spaces, whole) {
      take(spaces, whole);
      tally(here);
    },
    onStatus(status, heardMs, code) {
      const lost = status === "lost" || status === "refused";
      if (lost) {
        grey();
        tally(here);
      }
      document.body.dataset.screen = lost ? "lost" : status;
      line.dataset.live = lost ? "lost" : status;
      line.querySelector("[data-live-text]").textContent = say(lost ? "screen.js.short" : `live.${status}`);
      if (status === "refused") warn(say(REFUSED[code]));
      else if (lost) warn(say("screen.js.lost", { time: timeOf(heardMs) }));
      else notice.hidden = true;
    },
  });
}

function tally(here) {
  const desks = count(here.desks);
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = desks[place.dataset.count];
  }
  document.querySelector("[data-count-rooms]").textContent = count(here.rooms).free;
}

function warn(text) {
  notice.textContent = text;
  notice.hidden = false;
}

function tick() {
  document.querySelector("[data-clock]").textContent = timeOf(Date.now());
}
