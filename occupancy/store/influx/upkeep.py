"""Upkeep: that there is a place for points, and how long it keeps them, on each kind of server."""

from typing import TypeVar

import msgspec

from occupancy.point import NotAllowedError, PointsRefusedError, StoreError
from occupancy.store.influx.server import Server, check

DAY_S = 86_400


class _Rule(msgspec.Struct, frozen=True, rename={"every_s": "everySeconds"}):
    every_s: int
    type: str = "expire"


class _Bucket(
    msgspec.Struct, frozen=True, rename={"organisation": "orgID", "rules": "retentionRules"}
):
    id: str
    organisation: str
    rules: tuple[_Rule, ...] = ()


class _NewBucket(
    msgspec.Struct, frozen=True, rename={"organisation": "orgID", "rules": "retentionRules"}
):
    name: str
    organisation: str
    rules: tuple[_Rule, ...]


class _Buckets(msgspec.Struct, frozen=True):
    buckets: list[_Bucket] = []


class _Organisation(msgspec.Struct, frozen=True):
    id: str


class _Organisations(msgspec.Struct, frozen=True):
    orgs: list[_Organisation] = []


class _Mappings(msgspec.Struct, frozen=True):
    content: list[dict[str, object]] = []


CONFLICT = 409
"""What a server answers where there is one already."""


def quoted(name: str) -> str:
    """An identifier of InfluxQL.

    Raises:
        ValueError: If it can't be one.

    >>> quoted("hq-transitions")
    '"hq-transitions"'
    """
    if not name or not name.isprintable() or '"' in name or "\\" in name:
        raise ValueError(f"found {name!r}, expected a name without quotes and backslashes")
    return f'"{name}"'


def keep_1(server: Server, name: str, kept_s: int) -> None:
    """A database whose own retention policy keeps points so long.

    Raises:
        StoreError: If the server says no.
    """
    hours = f"{kept_s // 3600}h"
    place = quoted(name)
    kept = f"DURATION {hours} SHARD DURATION 1d DEFAULT"
    for statement in (
        f"CREATE DATABASE {place}",
        f'ALTER RETENTION POLICY "autogen" ON {place} {kept}',
    ):
        answer = server.ask("POST", "/query", query={"q": statement})
        _pass(answer.status, answer.data)
        for result in msgspec.json.decode(answer.data)["results"]:
            if "error" in result:
                raise NotAllowedError(f"{name}: {result['error']}")


def keep_2(server: Server, name: str, kept_s: int) -> None:
    """A bucket that keeps points so long, under its own name for InfluxQL too.

    Raises:
        StoreError: If the server says no, or there is no such organisation.
    """
    rules = (_Rule(kept_s),)
    found = _asked(server, _Buckets, "GET", "/api/v2/buckets", query={"name": name}).buckets
    if not found:
        made = _NewBucket(name, _organisation(server), rules)
        bucket = _asked(server, _Bucket, "POST", "/api/v2/buckets", json=made)
    else:
        bucket = found[0]
        if bucket.rules != rules:
            path = f"/api/v2/buckets/{bucket.id}"
            _asked(server, dict, "PATCH", path, json={"retentionRules": rules})
    _map(server, name, bucket)


def _organisation(server: Server) -> str:
    wanted = server.address.organisation
    found = _asked(server, _Organisations, "GET", "/api/v2/orgs", query={"org": wanted}).orgs
    if not found:
        raise StoreError(f"found no organisation {wanted!r}; `influx.organisation` names it")
    return found[0].id


def _map(server: Server, name: str, bucket: "_Bucket") -> None:
    """Have InfluxQL find the bucket as a database of the same name."""
    query = {"orgID": bucket.organisation, "db": name}
    known = _asked(server, _Mappings, "GET", "/api/v2/dbrps", query=query).content
    if not known:
        made = {
            "bucketID": bucket.id,
            "orgID": bucket.organisation,
            "database": name,
            "retention_policy": "autogen",
            "default": True,
        }
        _asked(server, dict, "POST", "/api/v2/dbrps", json=made)


def keep_3(server: Server, name: str, kept_s: int) -> None:
    """A database that keeps points so long; one that is there is told anew.

    Raises:
        StoreError: If the server says no.
    """
    path, wanted = "/api/v3/configure/database", f"{kept_s // DAY_S}d"
    made = {"db": name, "retention_period": wanted}
    answer = server.ask("POST", path, json=made)
    if answer.status == CONFLICT:
        answer = server.ask("PUT", path, json=made)
    _pass(answer.status, answer.data)


Told = TypeVar("Told")


def _asked(
    server: Server,
    kind: type[Told],
    method: str,
    path: str,
    *,
    query: dict[str, str] | None = None,
    json: object = None,
) -> Told:
    answer = server.ask(method, path, query=query, json=json)
    _pass(answer.status, answer.data)
    try:
        return msgspec.json.decode(answer.data, type=kind)
    except msgspec.DecodeError as error:
        raise StoreError(f"{path}: {error}") from error


def _pass(status: int, body: bytes) -> None:
    """Nothing here is about points: what is refused is refused to us."""
    try:
        check(status, body, None)
    except PointsRefusedError as error:
        raise NotAllowedError(error.why) from error
