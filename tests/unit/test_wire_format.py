"""Our own wire format: what counts, what is refused, what leaves the decoder."""

import json

import pytest
from support.office import BADGE, BADGE_ADDRESS, SITE, START_MS, STRANGER_ADDRESS
from support.speaker import UP_MS, Listening, heartbeat, motion, payload, readings, status

from sensors.entry import Decoded, Stamp
from sensors.families.own import wire
from sensors.families.own.family import VrijplekFamily
from sensors.message import Message
from sensors.reading import Contact, Count, Heartbeat, Level, Motion, Offline, Presence, Sighting
from sensors.rejected import Reason

HOUR_MS = 3_600_000
FRAME = b'{"boot":"b1","seq":0,"oldest":0,"up":1,"readings":[%s]}'


def scanned(*heard, sensor="ble", **more):
    return {"kind": "sightings", "sensor": sensor, "heard": [list(h) for h in heard]} | more


def raw(body: bytes, topic=f"vrijplek/v1/{SITE}/d1/readings", **more):
    return Message(topic, body, START_MS, **more)


def reasons(decoded: Decoded):
    return [refusal.reason for refusal in decoded.rejected]


@pytest.fixture
def listening():
    """A decoder of the small office that has heard nothing yet."""
    return Listening()


@pytest.mark.parametrize(
    ("board", "part", "reading"),
    [
        ("d1", motion(on=True), Motion("d1/pir-1", START_MS, True)),
        ("d2", {"kind": "presence", "sensor": "radar", "present": True},
         Presence("d2/radar", START_MS, True)),
        ("r1", {"kind": "count", "sensor": "gate", "count": 3}, Count("r1/gate", START_MS, 3)),
        ("d1", {"kind": "level", "sensor": "co2", "quantity": "co2", "value": 612, "unit": "ppm"},
         Level("d1/co2", START_MS, "co2", 612.0, "ppm")),
        ("d1", {"kind": "contact", "sensor": "door", "open": False},
         Contact("d1/door", START_MS, False)),
        ("d1", heartbeat(every_s=45), Heartbeat("d1", START_MS, 45)),
        ("r1", scanned((BADGE_ADDRESS, -71)), Sighting("r1/ble", START_MS, BADGE, -71)),
    ],
)  # fmt: skip
def test_each_kind_of_reading_becomes_its_noun(listening, board, part, reading):
    """A part of a message is one reading with the channel's full name and an event time."""
    entry = listening.hear(readings(board, part)).entry
    assert entry is not None
    assert entry.readings == (reading,)
    assert (entry.board, entry.stamp) == (board, Stamp("b1", 0, 0, UP_MS))


def test_a_part_has_its_own_event_time(listening):
    """`up` of a part counts from the same boot as the message's."""
    decoded = listening.hear(readings("d1", motion(up=UP_MS - 2_500)))
    assert decoded.entry.readings[0].event_ms == START_MS - 2_500


def test_a_late_message_keeps_its_event_time(listening):
    """A message that was on its way for a minute happened when the board says."""
    listening.hear(readings("d1", motion(on=True)))
    late = readings("d1", motion(on=False), seq=1, up=UP_MS + 1_000, at_ms=START_MS + 61_000)
    assert listening.hear(late).entry.readings[0].event_ms == START_MS + 1_000


def test_the_clock_of_a_board_does_not_move_an_event(listening):
    """`t` may be as wrong as it likes."""
    decoded = listening.hear(readings("d1", motion(), t=12))
    assert decoded.entry.readings[0].event_ms == START_MS


@pytest.mark.parametrize(
    ("off_ms", "told_ms"),
    [(0, 0), (5_000, 0), (-5_000, 0), (5_001, 5_001), (-86_400_000, -86_400_000)],
)
def test_a_clock_that_is_off_is_told(listening, off_ms, told_ms):
    """Up to five seconds are the network's, more are the board's."""
    assert listening.look(readings("d1", motion(), t=START_MS + off_ms)).clock_off_ms == told_ms


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 8000,
        json.dumps({"boot": "b1"}).encode(),
        json.dumps(payload(motion(), seq=-1)).encode(),
        json.dumps(payload(motion(), seq=2**32)).encode(),
        json.dumps(payload(motion(), boot="B1")).encode(),
        json.dumps(payload(motion(), boot="")).encode(),
        json.dumps(payload(motion(), oldest=1)).encode(),
        json.dumps(payload(motion(), up=-1)).encode(),
        json.dumps(payload(motion(), extra=1)).encode(),
        json.dumps(payload(motion(colour="red"))).encode(),
        json.dumps(payload()).encode(),
        json.dumps(payload(*[motion()] * 65)).encode(),
        json.dumps(payload({"kind": "smell", "sensor": "nose"})).encode(),
        json.dumps(payload(motion(on="yes"))).encode(),
        json.dumps(payload(heartbeat(every_s=0.5))).encode(),
        json.dumps(payload({"kind": "count", "sensor": "gate", "count": 10_001})).encode(),
        json.dumps(payload(scanned((BADGE_ADDRESS, -128)))).encode(),
        json.dumps(payload(scanned((BADGE_ADDRESS, 21)))).encode(),
        json.dumps(payload(scanned((BADGE_ADDRESS, -70, 5, 6)))).encode(),
        json.dumps(payload(scanned(*[(BADGE_ADDRESS, -70)] * 65))).encode(),
        FRAME % b'{"kind":"level","sensor":"co2","quantity":"co2","value":NaN,"unit":"ppm"}',
    ],
)  # fmt: skip
def test_a_malformed_message_is_refused_and_nothing_of_it_counts(listening, body):
    """A field that is missing, unknown or out of range costs the whole message."""
    decoded = listening.look(raw(body))
    assert reasons(decoded) == [Reason.MALFORMED]
    assert decoded.entry is None or decoded.entry.readings == ()
    assert decoded.rejected[0].length_bytes == len(body)


def test_a_malformed_message_whose_seq_can_be_read_is_ticked_off(listening):
    """It counts as come, so that its board may be told so and does not send it for ever."""
    listening.hear(readings("d1", motion()))
    decoded = listening.hear(readings("d1", {"kind": "smell"}, seq=1))

    assert reasons(decoded) == [Reason.MALFORMED]
    assert listening.memory.board("d1").ledger.durable == 1
    assert listening.hear(readings("d1", {"kind": "smell"}, seq=1)).duplicate


def test_a_level_that_comes_before_an_earlier_one_is_not_lost(listening):
    """Off before on, out of order: the late on does not stay."""
    listening.hear(readings("d1", motion(on=False)))
    later = listening.hear(readings("d1", motion(on=False, up=UP_MS - 1_000), seq=2))
    late = listening.hear(readings("d1", motion(on=True, up=UP_MS - 9_000), seq=1))

    assert [type(r).__name__ for r in later.entry.readings] == ["Motion"]
    assert late.entry.readings[0].on
    assert listening.memory.repeats("d1/pir-1", level=False)


def test_the_last_will_of_a_boot_that_never_spoke_counts(listening):
    """A board that boots and dies before its first reading is offline."""
    listening.hear(readings("d1", motion(), boot="b1"))
    decoded = listening.hear(status("d1", boot="b2"))

    assert isinstance(decoded.entry.readings[0], Offline)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (raw(b" " * 8193), Reason.TOO_LARGE),
        (raw(b"{}", f"vrijplek/v1/{SITE}/ghost/readings"), Reason.UNKNOWN_BOARD),
        (raw(b"{}", f"vrijplek/v1/{SITE}/master/readings"), Reason.UNKNOWN_BOARD),
        (raw(b"{}", f"vrijplek/v1/{SITE}/ghost/status"), Reason.UNKNOWN_BOARD),
        (raw(b"{}", f"vrijplek/v1/{SITE}/d1/ack"), Reason.UNKNOWN_TOPIC),
        (raw(b"{}", f"vrijplek/v1/{SITE}/d1/readings/more"), Reason.UNKNOWN_TOPIC),
        (raw(b"{}", "vrijplek"), Reason.UNKNOWN_TOPIC),
        (raw(b"{}", f"vrijplek/v2/{SITE}/d1/readings"), Reason.UNKNOWN_TOPIC),
        (raw(b"{}", "vrijplek/v1/elsewhere/d1/readings"), Reason.UNKNOWN_TOPIC),
        (raw(b"{}", "nobody/desk"), Reason.UNKNOWN_TOPIC),
        (readings("d1", motion(), retained=True), Reason.RETAINED),
    ],
)
def test_a_refused_message_says_why(listening, message, reason):
    """Each reason that concerns a whole message is reached, and nothing else comes of it."""
    decoded = listening.look(message)
    assert reasons(decoded) == [reason]
    assert (decoded.entry, decoded.duplicate) == (None, False)


def test_a_payload_of_just_the_largest_size_is_taken(listening):
    """8192 bytes are not too large."""
    message = readings("d1", motion())
    padded = message.payload + b" " * (wire.MAX_BYTES - len(message.payload))
    assert listening.look(raw(padded)).entry is not None


@pytest.mark.parametrize(
    "part",
    [
        motion("pir-9"),
        motion("door"),
        {"kind": "presence", "sensor": "pir-1", "present": True},
        heartbeat({"pir-9": True}),
        heartbeat({"co2": True}),
    ],
)
def test_an_unknown_channel_is_refused_alone(listening, part):
    """The other readings of the message count, and the message is durable."""
    decoded = listening.hear(readings("d1", part, motion("pir-2")))
    assert reasons(decoded) == [Reason.UNKNOWN_SENSOR]
    assert Motion("d1/pir-2", START_MS, True) in decoded.entry.readings
    assert listening.memory.board("d1").ledger.durable == 0


def test_a_part_after_its_own_message_is_refused_alone(listening):
    """No part happens after the message was composed."""
    decoded = listening.hear(readings("d1", motion(up=UP_MS + 1), motion("pir-2")))
    assert reasons(decoded) == [Reason.MALFORMED]
    assert len(decoded.entry.readings) == 1


@pytest.mark.parametrize(("age_ms", "counts"), [(24 * HOUR_MS, True), (24 * HOUR_MS + 1, False)])
def test_a_reading_counts_for_a_day(listening, age_ms, counts):
    """At 24 hours a reading still counts, a millisecond later it is too old."""
    up_ms = 48 * HOUR_MS
    decoded = listening.hear(readings("d1", motion(up=up_ms - age_ms), up=up_ms))
    assert bool(decoded.entry.readings) is counts
    assert reasons(decoded) == ([] if counts else [Reason.TOO_OLD])


def test_a_message_of_an_earlier_boot_is_refused(listening):
    """After a new boot the old one is over."""
    listening.hear(readings("d1", motion()))
    listening.hear(readings("d1", motion(on=False), boot="b2", up=50))
    decoded = listening.look(readings("d1", motion(), seq=1))
    assert reasons(decoded) == [Reason.SUPERSEDED_BOOT]


def test_a_message_sent_twice_counts_once(listening):
    """The second one is a duplicate and has no entry."""
    message = readings("d1", motion())
    listening.hear(message)
    assert listening.hear(message) == Decoded(duplicate=True)


def test_a_repeated_level_is_no_event(listening):
    """On after on says nothing new, in one message or in two."""
    first = listening.hear(readings("d1", motion(up=UP_MS - 9), motion()))
    second = listening.hear(readings("d1", motion(), seq=1))
    assert len(first.entry.readings) == 1
    assert second.entry.readings == ()


def test_off_and_on_in_one_message_are_two_events(listening):
    """A level is compared with the one before it, not with the one before the message."""
    listening.hear(readings("d1", motion()))
    decoded = listening.hear(readings("d1", motion(on=False), motion(on=True), seq=1))
    assert [r.on for r in decoded.entry.readings] == [False, True]


def test_a_heartbeat_tells_the_edge_that_was_lost(listening):
    """A level in a heartbeat that differs from the last one is an event, the same one is not."""
    listening.hear(readings("d1", motion("pir-1", on=True), motion("pir-2", on=True)))
    beat = heartbeat({"pir-1": False, "pir-2": True, "door": True})
    decoded = listening.hear(readings("d1", beat, seq=1))
    assert decoded.entry.readings == (
        Heartbeat("d1", START_MS, 30),
        Motion("d1/pir-1", START_MS, False),
        Contact("d1/door", START_MS, True),
    )


def test_a_birth_is_only_noted(listening):
    """It is neither a reading nor a refusal."""
    decoded = listening.look(status("d1", "online", up=812, firmware="1.0.0", retained=True))
    assert decoded == Decoded(born="d1", noted="birth")


@pytest.mark.parametrize("retained", [True, False])
def test_a_goodbye_counts_for_the_present_boot(listening, retained):
    """Also retained: the board is still away when the service comes back."""
    listening.hear(readings("d1", motion()))
    decoded = listening.look(status("d1", retained=retained))
    assert decoded.entry.readings == (Offline("d1", START_MS),)


def test_a_goodbye_of_an_earlier_boot_ends_nothing(listening):
    """The will of a boot that is over says nothing of the present one."""
    listening.hear(readings("d1", motion()))
    listening.hear(readings("d1", motion(), boot="b2", up=50))
    assert listening.look(status("d1", boot="b1")).entry is None


def test_a_goodbye_of_a_board_never_heard_counts(listening):
    """A service that starts after a board has gone knows it."""
    assert listening.look(status("d1")).entry.readings == (Offline("d1", START_MS),)


def test_only_enrolled_tags_are_sighted(listening):
    """A stranger leaves no reading and no refusal."""
    part = scanned((STRANGER_ADDRESS, -60), (BADGE_ADDRESS.upper(), -70, UP_MS - 40))
    decoded = listening.look(readings("r1", part))
    assert decoded.entry.readings == (Sighting("r1/ble", START_MS - 40, BADGE, -70.0),)
    assert decoded.rejected == ()


def test_enrolment_is_asked_with_the_event_time(listening):
    """Whether it is working hours is decided by when the tag was heard, not by when it arrived."""
    asked = []
    listening.around = enrolled_by(listening.around, lambda a, ms: asked.append((a, ms)))
    listening.look(readings("r1", scanned((BADGE_ADDRESS, -70, UP_MS - 40), (BADGE_ADDRESS, -70))))
    assert asked == [(BADGE_ADDRESS, START_MS - 40), (BADGE_ADDRESS, START_MS)]


def enrolled_by(around, enrolled):
    """The same surroundings with another enrolment."""
    return type(around)(around.site, around.boards, around.sensors, enrolled)


ADDRESSES = ("c3:00:00:00:00:2a", "C3-00-00-00-00-31", "c30000000031")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "body",
    [
        FRAME.decode() % '{"kind":"sightings","sensor":"ble","heard":[["%s",-70]]}',
        FRAME.decode() % '{"kind":"sightings","sensor":"ble","heard":[["%s",-700]]}',
        FRAME.decode() % '{"kind":"heartbeat","every_s":30,"on":{"%s":true}}',
        FRAME.decode() % '{"kind":"motion","sensor":"%s","on":true}',
        '{"%s":-70}',
        '{"boot":"b1","%s":-70}',
        '{"heard": %s}',
        '["%s", -70',
        "%s",
        "heard %s at -70",
    ],
)
def test_no_address_leaves_the_decoder(body, address):
    """Wherever a payload has an address, neither entry nor refusal shows it."""
    for board in ("r1", "s1"):
        message = raw((body % address).encode(), f"vrijplek/v1/{SITE}/{board}/readings")
        told = repr(Listening().look(message)).lower()
        bare = told.replace(":", "").replace("-", "")
        assert address.lower() not in told
        assert address.lower().replace(":", "").replace("-", "") not in bare


def test_decoding_changes_nothing(listening):
    """Looking at a message twice gives the same twice."""
    listening.hear(readings("d1", motion()))
    before = listening.memory.frozen()
    message = readings("d1", motion(on=False), heartbeat({"pir-2": True}), seq=3)
    assert listening.look(message) == listening.look(message)
    assert listening.memory.frozen() == before


def test_the_filters_hear_what_boards_send_and_not_what_they_are_sent():
    """Readings and status of one site, neither acknowledgements nor commands."""
    filters = VrijplekFamily().filters("hq")
    assert set(filters) == {"vrijplek/v1/hq/+/readings", "vrijplek/v1/hq/+/status"}


def test_a_board_that_nobody_knows_is_announced_with_its_channels(listening):
    """So that a page can show the lines to add; what is no message has none."""
    said = readings("ghost", motion("pir-1"), heartbeat({"radar": True}))
    [known] = listening.look(said).announced
    assert (known.family, known.device, known.board, known.heard) == ("vrijplek", "ghost", "", True)
    assert dict(known.channels) == {"pir-1": "motion", "radar": "binary"}
    [dumb] = listening.look(raw(b"no", f"vrijplek/v1/{SITE}/ghost/readings")).announced
    assert (dumb.device, dumb.channels) == ("ghost", ())


def test_a_channel_that_nobody_knows_is_announced_as_its_boards(listening):
    """One of another kind than the building file has is a mistake, not a new one."""
    said = readings("d1", motion("new"), motion("co2"), heartbeat({"other": False, "pir-1": True}))
    [known] = listening.look(said).announced
    assert (known.device, known.board) == ("d1", "d1")
    assert dict(known.channels) == {"new": "motion", "other": "binary"}
