// Live: the one stream of changes that every page follows.
//
// It reads server-sent events through fetch, because EventSource can't send a key in a header.
// When the stream fails it asks once by an ordinary request and tries again, later each time and
// with jitter. After LOST_MS without a byte it says `lost`: whoever shows states then shows unknown.

export const LOST_MS = 10_000;
const FIRST_BYTE_MS = 4_000;
const POLL_MS = 4_000;
const QUIET_MS = 5_000;
const MOST_MS = 15_000;

const sleep = (ms, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => { clearTimeout(timer); done(); }, { once: true });
  });

/** Events of one chunk of text and what is left of an unfinished one. */
export function parse(text) {
  const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
  const rest = blocks.pop();
  const events = blocks.map((block) => {
    const event = { name: "message", data: "" };
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") event.name = value;
      if (field === "data") event.data += (event.data ? "\n" : "") + value;
    }
    return event;
  });
  return { events: events.filter((event) => event.data), rest };
}

export class Live {
  /**
   * @param {object} options
   * @param {string} options.stream  address of the changes
   * @param {string} options.poll    address of all states
   * @param {object} [options.headers]
   * @param {(spaces: object[], whole: boolean) => void} options.onSpaces
   * @param {(status: "connecting"|"live"|"lost"|"paused"|"refused", heardMs: number, code?: number) => void} options.onStatus
   *   with the moment of the last byte, and the HTTP status where it was refused
   */
  constructor(options) {
    this.options = { headers: {}, ...options };
    this.status = "connecting";
    this.heardMs = Date.now();
    this.paused = false;
    this.etag = null;
    this.watch = setInterval(() => this.#check(), 500);
    document.addEventListener("visibilitychange", () => this.#visible());
    this.#run();
  }

  pause() {
    this.paused = true;
    this.stop?.abort();
    this.#say("paused");
  }

  resume() {
    this.paused = false;
    this.heardMs = Date.now();
    this.#say("connecting");
    this.#run();
  }

  #visible() {
    if (this.paused || this.status === "refused") return;
    if (document.hidden) this.stop?.abort();
    else { this.#check(); this.#run(); }
  }

  #check() {
    if (this.paused || document.hidden || this.status === "refused") return;
    const quietMs = Date.now() - this.heardMs;
    if (quietMs > LOST_MS && this.status !== "lost") {
      this.#say("lost");
      this.attempt?.abort();
    } else if (quietMs > QUIET_MS && !this.polling) this.#poll(this.stop.signal);
  }

  async #run() {
    this.stop?.abort();
    const stop = (this.stop = new AbortController());
    for (let failures = 0; !stop.signal.aborted; ) {
      try {
        await this.#stream(stop.signal);
        failures = 0;
      } catch (error) {
        if (error.refused) return this.#say("refused", error.refused);
        failures += 1;
      }
      if (stop.signal.aborted) return;
      const answered = await this.#poll(stop.signal);
      const longest = answered ? POLL_MS : Math.min(MOST_MS, 500 * 2 ** failures);
      await sleep(longest * (0.5 + Math.random() / 2), stop.signal);
    }
  }

  async #stream(stopped) {
    const attempt = (this.attempt = new AbortController());
    const end = () => attempt.abort();
    stopped.addEventListener("abort", end, { once: true });
    const first = setTimeout(end, FIRST_BYTE_MS);
    try {
      const answer = await this.#ask(this.options.stream, attempt.signal, "text/event-stream");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) return;
        clearTimeout(first);
        const { events, rest } = parse(text + value);
        text = rest;
        this.#heard();
        for (const event of events) this.#take(event);
      }
    } finally {
      clearTimeout(first);
      stopped.removeEventListener("abort", end);
      attempt.abort();
    }
  }

  // Also proves that the service is there when the stream has been quiet for long.
  async #poll(stopped) {
    this.polling = true;
    try {
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(POLL_MS)]);
      const answer = await this.#ask(this.options.poll, signal, "application/json", this.etag);
      if (answer.status !== 304) {
        const { spaces } = await answer.json();
        this.etag = answer.headers.get("etag");
        this.options.onSpaces(spaces, true);
      } else if (this.status === "lost") this.options.onSpaces([], true);
      this.#heard();
      return true;
    } catch (error) {
      if (error.refused && !stopped.aborted) {
        this.stop.abort();
        this.#say("refused", error.refused);
      }
      return false;
    } finally {
      this.polling = false;
    }
  }

  async #ask(address, signal, accept, etag) {
    const headers = { Accept: accept, ...this.options.headers };
    if (etag) headers["If-None-Match"] = etag;
    const answer = await fetch(address, { headers, signal, cache: "no-store", redirect: "error" });
    if (answer.ok || answer.status === 304) return answer;
    const error = new Error(`status ${answer.status}`);
    if ([401, 403, 404].includes(answer.status)) error.refused = answer.status;
    throw error;
  }

  #heard() {
    this.heardMs = Date.now();
    if (this.status !== "live") this.#say("live");
  }

  #take(event) {
    const told = JSON.parse(event.data);
    this.options.onSpaces(told.spaces, event.name === "state");
  }

  #say(status, code) {
    this.status = status;
    this.options.onStatus(status, this.heardMs, code);
  }
}
