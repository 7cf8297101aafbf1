// Calibrate: a press is sent without leaving the page, and the seconds run.

import { door, say } from "./words.js";

const POLL_MS = 2_000;
const PARTS = ["[data-walk]", "[data-report]", "[data-walks]"];
const said = document.querySelector("[data-said]");
let busy = false;

document.querySelector("main").addEventListener("submit", (event) => {
  event.preventDefault();
  press(event.target, event.submitter);
});

async function press(form, button) {
  if (busy) return;
  busy = true;
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form, button)),
      headers: { Accept: "text/html" },
    });
    if (new URL(answer.url).pathname.startsWith("/sign-in")) return location.assign(door());
    if (!answer.headers.get("content-type")?.startsWith("text/html")) throw new Error(answer.status);
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), button);
  } catch {
    said.textContent = "";
    said.textContent = say("calibrate.js.failed");
    said.classList.remove("hidden");
  } finally {
    busy = false;
    button.removeAttribute("aria-busy");
  }
}

function show(page, button) {
  const { name, value } = button;
  const fresh = PARTS.map((part) => page.querySelector(part));
  if (fresh.includes(null)) return location.assign("/calibrate");
  PARTS.forEach((part, i) => document.querySelector(part).replaceWith(fresh[i]));
  said.classList.add("hidden");
  const heading = document.querySelector("[data-heading]");
  const problem = document.querySelector("[data-walk] .problem");
  said.textContent = (problem ?? heading).textContent.trim();
  const again = value && document.querySelector(`[data-walk] button[name="${name}"][value="${CSS.escape(value)}"]`);
  (again || heading).focus({ preventScroll: Boolean(again) });
}

async function freshen() {
  if (busy || document.querySelector("[data-report]")?.dataset.fresh !== "no") return;
  try {
    const answer = await fetch("/calibrate", { headers: { Accept: "text/html" }, cache: "no-store" });
    if (!answer.ok || busy) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-report]");
    if (fresh) document.querySelector("[data-report]").replaceWith(fresh);
  } catch {
    // The report waits for the next time.
  }
}

async function poll() {
  const section = document.querySelector("[data-walk]");
  if (busy || document.hidden || section?.dataset.going !== "yes") return;
  try {
    const answer = await fetch("/v1/calibration", { headers: { Accept: "application/json" }, cache: "no-store" });
    if (answer.status === 401) return location.assign(door());
    if (!answer.ok || busy) return;
    const { walk } = await answer.json();
    if (!walk) return location.assign("/calibrate");
    const seconds = Math.floor(walk.seconds);
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    section.querySelector("[data-seconds]").textContent = walk.place ? clock : "\u2013";
    section.querySelector("[data-scanners]").textContent = walk.scanners;
    section.querySelector("[data-silent]").hidden = walk.scanners > 0;
  } catch {
    // The next poll tries again; what was pressed is on disk.
  }
}

setInterval(poll, POLL_MS);
setInterval(freshen, POLL_MS);
