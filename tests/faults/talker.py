"""A board that keeps what it said until it is durable, driven by the test, with its own account."""

import json
import random
import time
from collections.abc import Callable, Sequence

from faults.lean import LeanClient
from faults.truth import Said, TruthLog
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

RING = 512
RESEND_S = 2.0
BEAT_S = 1.0
AWAY_S = 2.0
CHANNELS = tuple(f"pir-{number}" for number in range(1, 7))


def known_client(name: str, password: str) -> Client:
    """A client of paho with an account, which connects again each second."""
    made = Client(CallbackAPIVersion.VERSION2, name, protocol=MQTTProtocolVersion.MQTTv5)
    made.username_pw_set(name, password)
    made.reconnect_delay_set(1, 1)
    made.max_inflight_messages_set(100)
    return made


class Talker:
    """One board: speaks by chance, beats, keeps, sends again, and answers commands.

    Args:
        name: Its id, its account and its client id.
        site: Part of the topics.
        port: Of the broker, on this machine.
        client: Of that account, not connected yet.
        truth: Where everything is written before it is sent.
        chance: For all that is random about it.
        channels: Its motion sensors.
    """

    def __init__(
        self,
        name: str,
        site: str,
        port: int,
        client: Client | LeanClient,
        truth: TruthLog,
        chance: random.Random,
        *,
        channels: Sequence[str] = CHANNELS,
    ) -> None:
        self.name, self.truth, self.chance = name, truth, chance
        self.topic = f"vrijplek/v1/{site}/{name}"
        self.levels = dict.fromkeys(channels, False)
        self.resends = 0
        self.is_mute = False
        """Whether it speaks without anything leaving it."""
        self.beats = True
        """Whether it gives signs of life by itself."""
        self.beat_s, self.resend_s, self.window = BEAT_S, RESEND_S, RING
        self.clock_ms: int | None = None
        """What its own clock says, ms UTC; None where it has none."""
        self._away_until_s = 0.0
        self._boots = 0
        self._commands: list[dict] = []
        self._start_boot()
        self.client = client
        self.client.on_connect = self._on_connect
        self.client.on_message = self._on_message
        self.client.connect_async("127.0.0.1", port, 5)
        self.client.loop_start()

    def _start_boot(self) -> None:
        self._boots += 1
        self.boot = f"b{self._boots}x{self.chance.randrange(10**6)}"
        self.seq = 0
        self._began_s = time.monotonic() - self.chance.uniform(10, 1000)
        self._kept: dict[int, tuple[bytes, float]] = {}
        self._beat_s = 0.0

    def _on_connect(self, client, *_) -> None:
        client.subscribe([(f"{self.topic}/ack", 0), (f"{self.topic}/command", 1)])
        birth = json.dumps({"state": "online", "boot": self.boot, "up": self._up_ms()})
        client.publish(f"{self.topic}/status", birth, 1, retain=True)

    def _on_message(self, _client, _userdata, message) -> None:
        told = json.loads(message.payload)
        if message.topic.endswith("/command"):
            self._commands.append(told)
            return
        self.truth.confirm(self.name, told["boot"], told["durable"])
        if told["boot"] == self.boot:
            for seq in [s for s in list(self._kept) if s <= told["durable"]]:
                self._kept.pop(seq, None)

    def _up_ms(self) -> int:
        return int((time.monotonic() - self._began_s) * 1000)

    @property
    def is_safe(self) -> bool:
        """Whether all that it said is durable."""
        return not self._kept

    def step(self, chatter: float) -> None:
        """Obey, speak with this chance, beat, and send what is due."""
        said: list[Said] = []
        while self._commands:
            self._obey(self._commands.pop(0), said)
        if self.chance.random() < chatter:
            said.append(self.edge())
        if self.beats and time.monotonic() - self._beat_s >= self.beat_s:
            said.append(self._compose(self._beat()))
        if said:
            self.truth.add(said)
        self._send_due()

    def edge(self) -> Said:
        """A message of which one sensor has seen a change; not yet in the truth log."""
        channel = self.chance.choice(list(self.levels))
        self.levels[channel] = not self.levels[channel]
        return self._compose({"kind": "motion", "sensor": channel, "on": self.levels[channel]})

    def _obey(self, command: dict, said: list[Said]) -> None:
        if command["command"] == "report":
            said.append(self._compose(self._beat()))
        elif command["command"] == "resend" and command["boot"] == self.boot:
            self.resends += 1
            for seq in [s for s in self._kept if s >= command["from"]]:
                self._kept[seq] = (self._kept[seq][0], 0.0)

    def _beat(self) -> dict:
        self._beat_s = time.monotonic()
        return {"kind": "heartbeat", "every_s": int(2 * self.beat_s), "on": dict(self.levels)}

    def _compose(self, reading: dict) -> Said:
        oldest = min(self._kept, default=self.seq)
        body = {"boot": self.boot, "seq": self.seq, "oldest": oldest, "up": self._up_ms()}
        clock = {} if self.clock_ms is None else {"t": self.clock_ms}
        payload = json.dumps(body | clock | {"readings": [reading]})
        said = Said(self.name, self.boot, self.seq, int(time.time() * 1000), payload)
        self._kept[self.seq] = (payload.encode(), 0.0)
        self.seq += 1
        self.drop(len(self._kept) - RING)
        return said

    def _send_due(self) -> None:
        now_s = time.monotonic()
        if self.is_mute or now_s < self._away_until_s or not self.client.is_connected():
            return
        for seq, (payload, sent_s) in sorted(self._kept.items())[: self.window]:
            if now_s - sent_s >= self.resend_s:
                self.publish(payload)
                self._kept[seq] = (payload, now_s)

    def publish(self, payload: bytes, leaf: str = "readings", *, retain: bool = False) -> None:
        """Publish bytes under the board's own name."""
        self.client.publish(f"{self.topic}/{leaf}", payload, 1, retain)

    def say_goodbye(self) -> None:
        """Say offline, and nothing more for a moment: its spaces are unknown until then."""
        if not self.is_mute and self.client.is_connected():
            self._away_until_s = time.monotonic() + AWAY_S
            farewell = json.dumps({"state": "offline", "boot": self.boot})
            self.publish(farewell.encode(), "status")

    def lose_power(self) -> None:
        """Boot again: what nobody had confirmed is gone with the memory."""
        self.truth.forfeit((self.name, self.boot, seq) for seq in list(self._kept))
        self._start_boot()

    def admit(self, boot: str, seq: int) -> None:
        """Write down that something was sent under this number, though it is no message."""
        self.truth.add([Said(self.name, boot, seq, int(time.time() * 1000), "{}")])

    def kept(self) -> list[bytes]:
        """What is not known to be durable, oldest first."""
        return [payload for _, (payload, _) in sorted(self._kept.items())]

    def is_durable(self, seq: int) -> bool:
        """Whether the board was told that a message of this boot is safe."""
        return self.truth.durable.get((self.name, self.boot), -1) >= seq

    def retain(self, topic: str, payload: bytes) -> None:
        """Have the broker keep something, and wait until it has it."""
        sent = self.client.publish(topic, payload, 1, retain=True)
        if sent.mid % 1000 == 0:
            sent.wait_for_publish(20)

    def drop(self, seqs: int) -> None:
        """Forget the oldest messages, as a ring does that runs over; `oldest` tells of it."""
        for seq in sorted(self._kept)[: max(seqs, 0)]:
            self._kept.pop(seq)

    def sent_again(self, share: float, say: Callable[[bytes], None]) -> None:
        """Say part of what was ever said again, as a bridge does that plays back."""
        for said in list(self.truth.said.values()):
            if said.board == self.name and self.chance.random() < share:
                say(said.payload.encode())

    def leave(self) -> None:
        """Go away without a word."""
        self.client.disconnect()
        self.client.loop_stop()
