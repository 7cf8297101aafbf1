"""States at a real broker: retained, changed, taken away, and no longer believed after a kill."""

import dataclasses
import json
import signal

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from support.house import until
from support.office import OFFICE, START_MS

from ingest.session import BrokerAddress
from occupancy.state import State
from occupancy.view import LiveView, Status
from vrijplek.broker.accounts import HOME_ASSISTANT, PUBLISHER, TELLER
from vrijplek.publishing import put_together
from vrijplek.publishing.remembered import Remembered
from vrijplek.settings import PublishSettings

pytestmark = [pytest.mark.broker, pytest.mark.timeout(120)]
BASE = "vrijplek/v1/hq"
SERVICE = f"{BASE}/service"
DEVICE = "homeassistant/device/vrijplek_hq_floor-0/config"
SETTINGS = """\
  publisher_username: {publisher}
  publisher_password_file: publisher.password
"""


class Reader:
    """Who reads what is published, as Home Assistant does."""

    def __init__(self, port, *, name="reader", password=""):
        self.kept: dict[str, bytes] = {}
        self.heard: list[str] = []
        version = MQTTProtocolVersion.MQTTv5
        self.client = Client(CallbackAPIVersion.VERSION2, name, protocol=version)
        if password:
            self.client.username_pw_set(name, password)
        self.client.on_message = self._on_message
        wanted = ("vrijplek/v1/+/spaces/+/state", "vrijplek/v1/+/floors/+/free")
        filters = [(topic, 1) for topic in (*wanted, "vrijplek/v1/+/service", "homeassistant/#")]
        self.client.on_connect = lambda client, *_: client.subscribe(filters)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _on_message(self, _client, _userdata, message):
        self.heard.append(message.topic)
        self.kept[message.topic] = message.payload
        if not message.payload:
            del self.kept[message.topic]

    def state(self, space, base=BASE):
        """The state of a space."""
        return json.loads(self.kept.get(f"{base}/spaces/{space}/state", b"{}")).get("state")

    @property
    def service(self):
        """Whether what it read counts."""
        return self.kept.get(SERVICE)

    def leave(self):
        """Disconnect."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def view():
    """A view of an office whose spaces are free."""
    made = LiveView(lambda _space: ())
    tell(made, *(space.id for space in OFFICE.spaces))
    return made


@pytest.fixture
def publish(mosquitto, view, tmp_path):
    """Starts a publisher of a building, in the same state folder each time."""
    made = []

    def start(building=OFFICE):
        broker = BrokerAddress(mosquitto.host, mosquitto.port, "", "", "publisher")
        made.append(put_together(PublishSettings(), tmp_path, building, view, broker))
        made[-1].start()
        return made[-1]

    yield start
    for publisher in made:
        publisher.stop()


@pytest.fixture
def read(mosquitto):
    """Lets someone read, from now on or what is retained."""
    made = []

    def start():
        made.append(Reader(mosquitto.port, name=f"reader-{len(made)}"))
        return made[-1]

    yield start
    for reader in made:
        reader.leave()


def tell(view, *spaces, state=State.FREE):
    """Have a view know a state of some spaces."""
    view.tell(START_MS, tuple(Status(space, state, START_MS, 0.0) for space in spaces))


def until_shown(publisher, is_so, what):
    """Let the publisher look until something is so."""
    until(lambda: publisher.look() or is_so(), what)


def without(space):
    """The office after a space has gone."""
    kept = tuple(one for one in OFFICE.spaces if one.id != space)
    return dataclasses.replace(OFFICE, spaces=kept, sensors=())


def test_states_are_retained_and_change(publish, read, view):
    """Who comes later reads the same as who was there; the counts go along."""
    publisher, reader = publish(), read()
    until_shown(publisher, lambda: reader.service == b"online", "the first states")
    assert {reader.state(space) for space in ("desk-1", "room-a")} == {"free"}

    tell(view, "desk-1", state=State.OCCUPIED)
    until_shown(publisher, lambda: reader.state("desk-1") == "occupied", "the change")
    late = read()
    until_shown(publisher, lambda: late.kept == reader.kept, "what is retained")

    count = json.loads(late.kept[f"{BASE}/floors/floor-0/free"])
    assert count == {"free": 3, "occupied": 1, "unknown": 0, "desks": 4}
    assert len(late.kept) == 6 + 1 + 1 + 1


def test_that_it_counts_is_said_after_all_that_counts(publish, read):
    """What is retained from before is not believed until it is of now."""
    reader = read()
    until(reader.client.is_connected, "the reader")
    publisher = publish()
    until_shown(publisher, lambda: reader.service == b"online", "the first states")

    assert reader.heard[-1] == SERVICE
    assert reader.heard[0] == DEVICE


def test_a_space_that_goes_takes_its_topics_with_it(publish, read, tmp_path):
    """At the next start; what is gone by then is taken from Home Assistant, and then forgotten."""
    first, reader = publish(), read()
    until_shown(first, lambda: reader.service == b"online", "the first states")
    first.stop()
    until(lambda: reader.service == b"offline", "the goodbye")

    second = publish(without("desk-2"))
    until_shown(second, lambda: reader.service == b"online", "the states after it")

    assert f"{BASE}/spaces/desk-2/state" not in reader.kept
    assert reader.state("desk-1") == "free"
    assert json.loads(reader.kept[DEVICE])["cmps"]["desk-2"] == {"p": "binary_sensor"}
    until_shown(second, lambda: "desk-2" not in str(Remembered.read(tmp_path)), "it is forgotten")

    second.stop()
    third = publish(without("desk-2"))
    until_shown(third, lambda: b"desk-2" not in reader.kept[DEVICE], "the next start")


def test_nobody_is_told_twice_that_something_is_gone(publish, read, tmp_path):
    """First the device lets go of it; Home Assistant that starts later is spared a warning."""
    first, reader = publish(), read()
    until_shown(first, lambda: reader.service == b"online", "the first states")
    first.stop()
    until(lambda: reader.service == b"offline", "the goodbye")
    reader.heard.clear()
    second, gone = publish(without("desk-2")), f"{BASE}/spaces/desk-2/state"
    until_shown(second, lambda: "desk-2" not in str(Remembered.read(tmp_path)), "it is forgotten")
    until(lambda: reader.service == b"online", "the states after it")
    assert reader.heard.index(DEVICE) < reader.heard.index(gone)

    reader.client.publish("homeassistant/status", b"online").wait_for_publish(5)
    until_shown(second, lambda: reader.heard.count(SERVICE) == 2, "all of it again")
    assert (reader.heard.count(DEVICE), reader.heard.count(gone)) == (2, 1)


def test_a_removal_that_was_never_sent_is_made_up_for(publish, read, tmp_path, view, mosquitto):
    """By a start that is killed before it reaches the broker nothing is forgotten."""
    first, reader = publish(), read()
    until_shown(first, lambda: reader.service == b"online", "the first states")
    first.stop()
    nowhere = BrokerAddress("127.0.0.1", 1, "", "", "publisher")
    put_together(PublishSettings(), tmp_path, without("desk-2"), view, nowhere)

    third = publish(without("desk-2"))
    gone = f"{BASE}/spaces/desk-2/state"
    until_shown(third, lambda: reader.service == b"online", "the states after it")

    assert gone not in reader.kept


def test_another_prefix_leaves_nothing_under_the_old_one(publish, read, tmp_path, view, mosquitto):
    """Whole topics are remembered."""
    first, reader = publish(), read()
    until_shown(first, lambda: reader.service == b"online", "the first states")
    first.stop()

    broker = BrokerAddress(mosquitto.host, mosquitto.port, "", "", "publisher")
    moved = PublishSettings(prefix="office/now")
    second = put_together(moved, tmp_path, OFFICE, view, broker)
    second.start()
    try:
        until_shown(second, lambda: set(reader.kept) == {DEVICE}, "the removals")
    finally:
        second.stop()


def test_home_assistant_that_starts_is_told_all_again(publish, read, mosquitto):
    """By its birth message, and not by a retained one."""
    publisher, reader = publish(), read()
    until_shown(publisher, lambda: reader.service == b"online", "the first states")
    until_shown(publisher, lambda: not publisher.waiting, "all is out")
    before = publisher.published

    reader.client.publish("homeassistant/status", b"offline").wait_for_publish(5)
    reader.client.publish("homeassistant/status", b"online").wait_for_publish(5)
    until_shown(publisher, lambda: publisher.published >= 2 * before, "all of it again")

    assert publisher.published == 2 * before


class TestWholeService:
    """`vrijplek run` with accounts at the broker."""

    @pytest.fixture
    def reader(self, house):
        """A house that publishes, and Home Assistant in it with its own account."""
        text = house.config.read_text()
        account = SETTINGS.format(publisher=PUBLISHER)
        text = text.replace("  teller_username", f"{account}  teller_username")
        house.config.write_text(f"{text}publish: {{}}\n")
        (house.folder / "publisher.password").write_text(house.passwords[PUBLISHER])
        password = house.passwords[HOME_ASSISTANT]
        made = Reader(house.broker.port, name=HOME_ASSISTANT, password=password)
        yield made
        made.leave()

    def test_what_boards_say_is_soon_a_state_and_after_a_kill_nothing_counts(self, house, reader):
        """Home Assistant's account reads it; the broker itself says that the service is gone."""
        base = f"vrijplek/v1/{house.site}"
        house.start_ready()
        until(lambda: reader.kept.get(f"{base}/service") == b"online", "the first states")
        assert reader.state("desk-1", base) == "unknown"

        house.board("f0-d01").motion("pir-1")
        took_s = until(lambda: reader.state("desk-1", base) == "occupied", "the change")
        assert took_s < 2.5
        assert house.metric("vrijplek_publisher_connected") == 1
        assert house.metric("vrijplek_publish_refused_total") == 0

        house.stop(signal.SIGKILL)
        until(lambda: reader.kept.get(f"{base}/service") == b"offline", "the last will")

    def test_a_clean_stop_says_so_too(self, house, reader):
        """And what it has left at the broker is remembered."""
        house.start_ready()
        service = f"vrijplek/v1/{house.site}/service"
        until(lambda: reader.kept.get(service) == b"online", "the first states")
        house.stop()

        until(lambda: reader.kept.get(service) == b"offline", "the goodbye")
        assert service in Remembered.read(house.state).topics

    def test_an_account_that_may_not_publish_is_noticed(self, house, reader):
        """The broker drops what it does not allow; with MQTT 5 it says so."""
        text = house.config.read_text().replace(f"  publisher_username: {PUBLISHER}", "")
        text = text.replace(f"  teller_username: {TELLER}\n", "")
        text = text.replace("  publisher_password_file: publisher.password\n", "")
        text = text.replace("  teller_password_file: teller.password\n", "")
        taken = f"  publisher_username: {TELLER}\n  publisher_password_file: teller.password\n"
        house.config.write_text(text.replace("  port:", f"{taken}  port:"))
        house.start_ready()

        until(lambda: house.metric("vrijplek_publish_refused_total") > 0, "the refusal")
        assert house.said("the broker takes not all that is published")
        assert reader.kept == {}
