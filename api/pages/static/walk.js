// Walk: one Tab stop for the whole map, and arrow keys that go to the nearest place that way.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Lets the keyboard walk over the places of a plan. */
export function walk(plan) {
  const spots = [...plan.querySelectorAll("a.spot")];
  const stop = (spot) => {
    for (const other of spots) other.setAttribute("tabindex", other === spot ? "0" : "-1");
  };
  stop(plan.querySelector("a.spot[aria-current]") ?? spots[0]);
  plan.addEventListener("focusin", (event) => {
    const spot = event.target.closest("a.spot");
    if (!spot) return;
    stop(spot);
    ring(plan, "focus", spot.matches(":focus-visible") && spot);
  });
  plan.addEventListener("focusout", () => ring(plan, "focus", null));
  plan.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    const here = event.target.closest("a.spot");
    if (!way || !here || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    nearest(spots, here, way)?.focus();
  });
}

/** Draws a ring around a place, above everything else on the plan, or takes it away. */
export function ring(plan, name, spot) {
  const drawn = plan.querySelector(`[data-ring="${name}"]`);
  drawn.toggleAttribute("hidden", !spot);
  if (!spot) return;
  const box = (spot.querySelector(".hit") ?? spot.querySelector(".top")).getBBox();
  for (const side of ["x", "y", "width", "height"]) drawn.setAttribute(side, box[side]);
}

function nearest(spots, here, [dx, dy]) {
  const from = middle(here);
  let best = null;
  let least = Infinity;
  for (const spot of spots) {
    if (spot === here) continue;
    const to = middle(spot);
    const along = (to.x - from.x) * dx + (to.y - from.y) * dy;
    const aside = Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx);
    if (along < 0.2 || aside > along * 3) continue;
    const cost = along + 2 * aside;
    if (cost < least) [least, best] = [cost, spot];
  }
  return best;
}

function middle(spot) {
  const box = spot.querySelector(".top").getBBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
