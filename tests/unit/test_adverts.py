"""Raw adverts and addresses: who sent them, in all the ways in which logs write them."""

import pytest

from sensors.families.beacon import BeaconFamily
from sensors.keys import NO_KEYS, Keys
from sensors.message import Message
from sensors.rejected import Reason
from vrijplek.decoding.guess import guessed

IRK = bytes.fromhex("ec0234a357c8ad05341010a60a397d9b")
UUID = "00112233445566778899aabbccddeeff"
DASHED = "00112233-4455-6677-8899-aabbccddeeff"


def heard(payload, keys=NO_KEYS):
    """What a line of a scanner's log comes to."""
    payload = payload.encode() if isinstance(payload, str) else payload
    return BeaconFamily().hear(Message("", payload, 0), {}, keys)


@pytest.mark.parametrize(
    ("payload", "address", "reference_dbm"),
    [
        (f"4c000215{UUID}00010002c5", f"iBeacon:{DASHED}-1-2", -59),
        (f"004c0215{UUID}00010002c5", f"iBeacon:{DASHED}-1-2", -59),
        (f"4c000215{UUID}000100021a", f"iBeacon:{DASHED}-1-2", None),
        (f"0201061aff4c000215{UUID}00010002c5", f"iBeacon:{DASHED}-1-2", -59),
        (f"0201061bff4c000215{UUID}00010002c559", f"iBeacon:{DASHED}-1-2", -59),
        (f"0201061aff4c000215{UUID}00010002c50000000000", f"iBeacon:{DASHED}-1-2", -59),
        (f"0201061aff4c000215{UUID}00010002c50909", f"iBeacon:{DASHED}-1-2", -59),
        (f"1801beac{UUID}00010002c500", f"altBeacon:{DASHED}-1-2", -59),
        (f"1bff1801beac{UUID}00010002c500", f"altBeacon:{DASHED}-1-2", -59),
        ("0303aafe1516aafe00e700112233445566778899aabbccddeeff",
         "eddy:00112233445566778899-aabbccddeeff", -66),
    ],
)  # fmt: skip
def test_a_beacon_is_read_from_an_advert_and_from_a_part_of_it(payload, address, reference_dbm):
    """Padded, followed by a part that is cut off, or with more bytes than it needs."""
    [one] = heard(payload).statements
    assert (one.address, one.reference_dbm, one.flags) == (address, reference_dbm, ())
    assert heard(bytes.fromhex(payload)).statements == (one,)


@pytest.mark.parametrize(
    "payload", ["7081940DFBAA", "70:81:94:0D:FB:AA", "70-81-94-0d-fb-aa", "0x7081940dfbaa\n"]
)
def test_an_address_may_be_written_in_any_way(payload):
    """It changes, so it is nobody's without its key; with it, its owner has one name."""
    [one] = heard(payload).statements
    assert (one.address, one.flags) == ("", ("anonymous",))
    [one] = heard(payload, Keys(resolving_keys=(IRK,))).statements
    assert (one.address[:4], one.flags) == ("irk:", ())


def test_a_beacon_that_is_cut_off_is_refused():
    """Rather than taken for some device of the same company."""
    assert heard(f"4c000215{UUID}0001").refused is Reason.MALFORMED
    assert heard(f"1801beac{UUID}").refused is Reason.MALFORMED


@pytest.mark.parametrize(
    ("payload", "family"),
    [
        (b"45:E1:74:12:6E:00", "beacon"),
        (b"41e174126e00", "beacon"),
        (b"40015d2101", "bthome"),
        (b"40015d042101", "beacon"),
        (b"41ba0db07aeef600", "bthome"),
        (b"d2fc402101", "bthome"),
        (b"02:01:06:06:16:D2:FC:40:21:01", "bthome"),
        (b"0x4c0010050b182068dd", "beacon"),
        (b'{"id":"watch:x","idType":250,"rssi":-60}', "espresense"),
        (b'{"id":"watch:x","rssi":-60,"raw":2.5,"distance":2}', "espresense"),
        (b'{"model_id":"SBMO-003Z","type":"CTMO","motion":true}', "theengs"),
        (b'{"id":"AA:BB:CC:DD:EE:FF","rssi":-60}', "openmqttgateway"),
        (b"ON", ""),
    ],
)
def test_payloads_without_a_topic_are_told_apart(payload, family):
    """An address may begin as BTHome does; a whole advert may have BTHome in it."""
    assert guessed(payload) == family
