// The live bar: says how fresh the page is and lets people pause it.

import { Live } from "./live.js";
import { grey, take } from "./states.js";
import { door, say, timeOf } from "./words.js";

/** Follows the changes with this page's session; `onChange` is called after each. */
export function follow(onChange) {
  const line = document.querySelector("[data-live]");
  const button = document.querySelector("[data-pause]");
  const live = new Live({
    stream: "/v1/changes",
    poll: "/v1/spaces",
    onSpaces: (spaces, whole) => onChange(take(spaces, whole), spaces, whole),
    onStatus(status, heardMs, code) {
      if (status === "refused" && code === 401) return location.assign(door());
      const shown = status === "refused" ? "lost" : status;
      if (shown === "lost") {
        grey();
        onChange([], [], true);
      }
      document.body.dataset.connection = line.dataset.live = shown;
      const time = timeOf(shown === "lost" ? heardMs : Date.now());
      line.querySelector("[data-live-text]").textContent = say(`live.${shown}`, { time });
    },
  });
  button.hidden = false;
  button.addEventListener("click", () => {
    const pausing = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", String(pausing));
    button.querySelector("span").textContent = say(pausing ? "live.resume" : "live.pause");
    if (pausing) live.pause();
    else live.resume();
  });
  return live;
}
