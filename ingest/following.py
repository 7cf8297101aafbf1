"""Following: topics that are heard besides the filters of the families, as devices announce them.

Which ones changes while the service runs. That the broker refuses one is no trouble of the session:
whoever announces something can't keep the service from being ready.
"""

import threading
from collections.abc import Sequence

import structlog
from paho.mqtt.client import Client
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

log = structlog.get_logger(__name__)

AT_ONCE = 50
"""Topics in one packet, of which any broker takes so many."""


class Following:
    """The topics that one client follows.

    Args:
        client: Of the session.
        mqtt5: Whether it speaks MQTT 5.
    """

    def __init__(self, client: Client, *, mqtt5: bool) -> None:
        self.topics: tuple[str, ...] = ()
        self.unheard: tuple[str, ...] = ()
        """Those of them that the broker has refused us."""
        self._client, self._mqtt5 = client, mqtt5
        self._gone: tuple[str, ...] = ()
        """What is not wanted any more, and the broker does not know that yet."""
        self._told: set[str] = set()
        """Which of them the broker was asked for on this connection."""
        self._asked: dict[int, tuple[str, ...]] = {}
        """What was asked for, by the number of the packet."""
        self._asking = threading.Lock()

    def follow(self, topics: tuple[str, ...], *, is_connected: bool) -> None:
        """Hear these topics and no other ones any more; without a connection, from the next on."""
        self._gone = tuple({*self._gone, *self.topics}.difference(topics))
        self.topics = topics
        self.unheard = tuple(topic for topic in self.unheard if topic in topics)
        self._told.difference_update(self._gone)
        if is_connected:
            self.catch_up()

    def begin(self) -> None:
        """Ask for all of them on a new connection."""
        with self._asking:
            self._asked.clear()
        self._told.clear()
        self.catch_up()

    def catch_up(self) -> None:
        """Ask for what is wanted and was not asked for on this connection; give up what is not.

        What came between the broker's word to a connection and that to its filters may have led
        to further topics. The broker keeps what was asked for on an earlier one.
        """
        gone, self._gone = self._gone, ()
        if gone:
            self._client.unsubscribe(sorted(gone))
        self._ask([topic for topic in self.topics if topic not in self._told])

    def _ask(self, topics: Sequence[str]) -> None:
        for at in range(0, len(topics), AT_ONCE):
            part = tuple(topics[at : at + AT_ONCE])
            self._told.update(part)
            with self._asking:
                packet_id = self._subscribe(part)
                if packet_id is not None:
                    self._asked[packet_id] = part

    def _subscribe(self, topics: Sequence[str]) -> int | None:
        if not self._mqtt5:
            return self._client.subscribe([(topic, 1) for topic in topics])[1]
        once = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        return self._client.subscribe([(topic, once) for topic in topics])[1]

    def is_answered(self, packet_id: int, answers: Sequence[ReasonCode]) -> bool:
        """Take an answer of the broker, if it is one to what was asked for here."""
        with self._asking:
            asked = self._asked.pop(packet_id, None)
        if asked is None:
            return False
        both = zip(asked, answers, strict=False)
        refused = [topic for topic, answer in both if answer.is_failure]
        if refused:
            self.unheard = tuple(dict.fromkeys((*self.unheard, *refused)))
            log.warning("the broker refuses to tell us what devices announce", topics=len(refused))
        return True
