// My visibility: each choice is sent at once, and the page says what counts from now on.

import { clock, say } from "./words.js";

const section = document.querySelector("[data-visibility]");
const verdict = section.querySelector("[data-verdict]");
const precision = section.querySelector("[data-precision]");
const HOUR_MS = 3_600_000;
const chosen = {
  visible: section.dataset.visible === "yes",
  precision: precision.querySelector(":checked").value,
  invisibleUntil: section.dataset.until || null,
};

section.querySelector("[data-withdraw]").addEventListener("click", () => save({ visible: false, invisibleUntil: null }));
section.querySelector("[data-opt-in]").addEventListener("click", () => save({ visible: true, invisibleUntil: null }));
precision.addEventListener("change", (event) => save({ precision: event.target.value }));
section.addEventListener("click", (event) => {
  const pause = event.target.closest("[data-pause-h]")?.dataset.pauseH;
  if (pause) save({ invisibleUntil: pause === "0" ? null : until(pause).toISOString() });
});

function until(pause) {
  if (pause !== "day") return new Date(Date.now() + Number(pause) * HOUR_MS);
  const morning = new Date();
  morning.setHours(24, 0, 0, 0);
  return morning;
}

async function save(change) {
  const wanted = { ...chosen, ...change };
  try {
    const answer = await fetch("/v1/me/visibility", {
      method: "PUT",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify(wanted),
      redirect: "error",
    });
    if (answer.status === 401) return location.assign("/sign-in");
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    Object.assign(chosen, wanted);
    show();
  } catch {
    verdict.textContent = say("me.js.failed");
    precision.querySelector(`[value="${chosen.precision}"]`).checked = true;
  }
}

function show() {
  const paused = chosen.visible && chosen.invisibleUntil && Date.parse(chosen.invisibleUntil) > Date.now();
  const seen = !chosen.visible ? "hidden" : paused ? "paused" : chosen.precision;
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
