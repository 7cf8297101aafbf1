"""The commands `vrijplek access irk`, `bind-key` and `bind-keys`."""

import pytest

IRK = "ec0234a357c8ad05341010a60a397d9b"
KEY = "231d39c1d7cc1ab1aee224cd096db932"
SENSOR = "54:48:E6:8F:80:A5"


@pytest.mark.parametrize("said", [IRK, f"  {IRK.upper()}\n", "7AI0o1fIrQU0EBCmCjl9mw=="])
def test_a_phone_is_enrolled_by_its_key(access, people, said):
    """From standard input, as hex or base64."""
    person = people.register.add("Sam").id
    ended = access("irk", person, said=said)
    assert (ended.code, ended.out) == (0, f"{person} has 1 tag(s)\n")
    assert people.vault.keys.name_of("7081940dfbaa")


def test_a_phone_is_forgotten(access, people):
    """And its key with it."""
    person = people.register.add("Sam").id
    access("irk", person, said=IRK)
    ended = access("irk", person, "--forget")
    assert (ended.code, ended.out) == (0, f"1 key(s) of {person} forgotten\n")
    assert people.vault.keys.resolving_keys == ()


@pytest.mark.parametrize("said", ["", IRK[:-1], IRK + "00", "no key at all, but a sentence"])
def test_what_is_no_key_is_refused_without_being_shown(access, people, said):
    """With exit code 2, its length and what was expected."""
    person = people.register.add("Sam").id
    ended = access("irk", person, said=said)
    assert ended.code == 2
    assert f"found {len(said)} characters, expected 16 bytes as 32 hex digits" in ended.err
    assert not said or said not in ended.err + ended.out
    assert people.register.tags_of(person) == ()


def test_a_person_whom_nobody_knows_has_no_phone(access):
    """The key is not asked for."""
    ended = access("irk", "nobody", said=IRK)
    assert ended.code == 1
    assert "found no person 'nobody'" in ended.err


def test_a_sensor_gets_a_key_and_loses_it(access, people):
    """In any spelling of its address; the list shows no key."""
    assert access("bind-key", SENSOR, said=KEY).code == 0
    assert people.vault.keys.bind_keys == {"5448e68f80a5": bytes.fromhex(KEY)}
    listed = access("bind-keys")
    assert "5448e68f80a5" in listed.out
    assert KEY not in listed.out
    assert access("bind-key", "5448e68f80a5", "--forget").code == 0
    again = access("bind-key", SENSOR, "--forget")
    assert again.code == 1
    assert "found no key of 5448e68f80a5" in again.err


def test_what_is_no_address_gets_no_key(access, people):
    """With exit code 2."""
    ended = access("bind-key", "desk-12", said=KEY)
    assert ended.code == 2
    assert "expected an address such as 54:48:E6:8F:80:A5" in ended.err
    assert people.vault.bound() == ()
