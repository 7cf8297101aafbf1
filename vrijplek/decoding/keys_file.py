"""The file of `--keys`: bind keys and identity resolving keys, for one run, kept nowhere."""

from pathlib import Path

from sensors.keys import Keys
from vrijplek.errors import CommandError
from vrijplek.secret_key import EXPECTED_KEY, key_in
from vrijplek.yamlfile import read_yaml

EXPECTED = (
    "`bind_keys: {ADDRESS: 32 hex digits}` and `irks: [32 hex digits or base64]`, as YAML or JSON"
)


class KeysFileError(CommandError):
    """The file of keys is wrong; never tells a key."""

    def __init__(self, file: Path, where: str, found: str, expected: str = EXPECTED) -> None:
        self.file, self.where, self.found, self.expected = file, where, found, expected
        super().__init__(f"{file}: {where}: found {found}, expected {expected}")


def read_keys(file: Path) -> Keys:
    """The keys in a file.

    Raises:
        KeysFileError: If it has another shape, or a key another length.
        OSError: If it can't be read.
    """
    document = read_yaml(file)
    told = document.value
    if document.problems or not isinstance(told, dict):
        raise KeysFileError(file, "whole file", "no mapping")
    unknown = set(told) - {"bind_keys", "bindkeys", "irks"}
    if unknown:
        raise KeysFileError(file, "keys", ", ".join(sorted(map(str, unknown)))[:80])
    bound = told.get("bind_keys", told.get("bindkeys")) or {}
    irks = told.get("irks") or []
    if not isinstance(bound, dict) or not isinstance(irks, list):
        raise KeysFileError(file, "`bind_keys` or `irks`", "another shape")
    return Keys(
        {_address(file, name): _key(file, "a bind key", key) for name, key in bound.items()},
        tuple(_key(file, "an IRK", key) for key in irks),
    )


def _address(file: Path, name: object) -> str:
    bare = str(name).replace(":", "").replace("-", "").lower()
    if len(bare) != 12 or any(c not in "0123456789abcdef" for c in bare):
        raise KeysFileError(file, "`bind_keys`", "no address", "6 bytes such as 54:48:E6:8F:80:A5")
    return bare


def _key(file: Path, what: str, told: object) -> bytes:
    key = key_in(str(told))
    if key is None:
        raise KeysFileError(file, what, f"{len(str(told).strip())} characters", EXPECTED_KEY)
    return key
