// My visibility: each choice is sent at once, and the page says what counts from now on.

import { clock, door, say } from "./words.js";

const section = document.querySelector("[data-visibility]");
const verdict = section.querySelector("[data-verdict]");
const precision = section.querySelector("[data-precision]");
const HOUR_MS = 3_600_000;
const chosen = {
  visible: section.dataset.visible === "yes",
  precision: precision.querySelector(":checked").value,
  invisibleUntil: section.dataset.until || null,
};
// A simulated service may be ahead of this machine; what counts for a pause is its clock.
const aheadMs = Date.parse(section.dataset.now) - Date.now();

section.querySelector("[data-withdraw]").addEventListener("click", () => save({ visible: false, invisibleUntil: null }));
section.querySelector("[data-opt-in]").addEventListener("click", () => save({ visible: true, invisibleUntil: null }));
precision.addEventListener("change", (event) => save({ precision: event.target.value }));
section.addEventListener("click", (event) => {
  const pause = event.target.closest("[data-pause-h]")?.dataset.pauseH;
  if (pause) save({ invisibleUntil: pause === "0" ? null : until(pause).toISOString() });
});

function until(pause) {
  if (pause !== "day") return new Date(now() + Number(pause) * HOUR_MS);
  const morning = new Date(now());
  morning.setHours(24, 0, 0, 0);
  return morning;
}

function now() {
  return Date.now() + aheadMs;
}

function isAhead(moment) {
  return moment !== null && Date.parse(moment) > now();
}

async function save(change) {
  const wanted = { ...chosen, ...change };
  if (!isAhead(wanted.invisibleUntil)) wanted.invisibleUntil = null;
  try {
    const answer = await fetch("/v1/me/visibility", {
      method: "PUT",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(wanted),
      redirect: "error",
    });
    if (answer.status === 401) return location.assign(door());
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    Object.assign(chosen, wanted);
    show();
  } catch {
    verdict.textContent = say("me.js.failed");
    precision.querySelector(`[value="${chosen.precision}"]`).checked = true;
  }
}

function show() {
  const paused = chosen.visible && isAhead(chosen.invisibleUntil);
  const shown = section.dataset.tagged === "no" ? "untagged" : paused ? "paused" : chosen.precision;
  const seen = chosen.visible ? shown : "hidden";
  const opening = section.querySelector("[data-opt-in]");
  const closing = section.querySelector("[data-withdraw]");
  const focused = document.activeElement;
  verdict.textContent = say(`me.js.seen.${seen}`, { until: clock(chosen.invisibleUntil) });
  section.dataset.visible = chosen.visible ? "yes" : "no";
  opening.hidden = chosen.visible;
  closing.hidden = !chosen.visible;
  section.querySelector("[data-when-visible]").hidden = !chosen.visible;
  section.querySelector("[data-resume]").hidden = !paused;
  if (focused === opening && opening.hidden) closing.focus();
  if (focused === closing && closing.hidden) opening.focus();
}
