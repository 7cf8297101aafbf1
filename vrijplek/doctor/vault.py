"""The vault of the people store: whether the key beside it opens what is in it."""

import sqlite3
from collections.abc import Iterator

from api.people.store import VAULT_KEY
from api.people.vault import opened
from vrijplek.doctor.databases import reading
from vrijplek.doctor.finding import Finding
from vrijplek.doctor.patient import Patient

TABLES = ("SELECT tag, sealed FROM irk", "SELECT address, sealed FROM bind_key")


def vault(patient: Patient) -> Iterator[Finding]:
    """Keys of phones and sensors, which are of no use without the file that opens them."""
    store, key_file = patient.state / "people.sqlite", patient.state / VAULT_KEY
    if not store.exists():
        return
    try:
        with reading(store) as connection:
            rows = [row for query in TABLES for row in connection.execute(query)]
    except sqlite3.Error:
        return  # the file is of an earlier version, or damaged, which another check tells
    key = key_file.read_bytes() if key_file.exists() else b""
    shut = len(rows) - len(list(opened(key, rows)))
    told = f"{len(rows)} keys of phones and sensors"
    if shut:
        mend = f"put {VAULT_KEY} back, or enter them again (vrijplek access irk, bind-key)"
        yield Finding("vault", f"{told}, {shut} of which {VAULT_KEY} does not open", "all", mend)
    elif rows:
        yield Finding("vault", f"{told}, all readable")
