// Words and times: the texts that the page carries along, filled in; moments in the site's zone.

const catalogue = JSON.parse(document.body.dataset.texts || "{}");

/** The sentence of a key with its facts filled in; with a fact `n` of 1 the single form. */
export function say(key, facts = {}) {
  const single = `${key}.one`;
  const text = catalogue[facts.n === 1 && single in catalogue ? single : key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

/** The address of the door that leads back to this page. */
export function door() {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

const language = document.documentElement.lang || "nl";
let format;
let day;
let latest = 0;

function formats() {
  const timeZone = document.documentElement.dataset.timeZone || undefined;
  const hours = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  format = {
    today: new Intl.DateTimeFormat(language, hours),
    before: new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone }),
  };
  day = new Intl.DateTimeFormat("en-CA", { timeZone });
}

/** Takes the zone of the page anew, for a page that learns it late. */
export function useZone(zone) {
  document.documentElement.dataset.timeZone = zone;
  formats();
}

/** Tells the newest moment heard of; a simulated service may be ahead of this machine. */
export function heardOf(moment) {
  const ms = Date.parse(moment);
  if (ms > latest) latest = ms;
}

/** A moment as people read it: the time, with the date before it when it is another day. */
export function clock(moment) {
  if (!moment) return "\u2013";
  if (!format) formats();
  const at = new Date(moment);
  const now = new Date(latest || Date.now());
  const time = format.today.format(at);
  return day.format(at) === day.format(now) ? time : `${format.before.format(at)} ${time}`;
}

/** A time of day by this machine, in the site's zone. */
export function timeOf(ms) {
  if (!format) formats();
  return format.today.format(new Date(ms));
}
