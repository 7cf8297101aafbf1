"""Topic filters: whether a topic matches, and what stood where a wildcard is."""


def captured(pattern: str, topic: str) -> dict[str, str] | None:
    """What a pattern's names stand for in a topic; None where it does not match.

    A level `+` is any one level, `{name}` too but it is kept, a last `#` all that follows. Levels
    may be empty and are never trimmed.

    >>> captured("tele/{device}/SENSOR", "tele/desk 12/SENSOR")
    {'device': 'desk 12'}
    >>> captured("a/+/#", "a/b"), captured("a/+", "a/b/c"), captured("/{x}", "/blah")
    ({}, None, {'x': 'blah'})
    """
    wanted, levels = pattern.split("/"), topic.split("/")
    found: dict[str, str] = {}
    for at, level in enumerate(wanted):
        if level == "#" and at == len(wanted) - 1:
            return found
        if at >= len(levels):
            return None
        if level.startswith("{") and level.endswith("}"):
            found[level[1:-1]] = levels[at]
        elif level not in ("+", levels[at]):
            return None
    return found if len(levels) == len(wanted) else None


def subscribed(pattern: str) -> str:
    """The MQTT filter of a pattern.

    >>> subscribed("tele/{device}/SENSOR")
    'tele/+/SENSOR'
    """
    levels = pattern.split("/")
    return "/".join("+" if x.startswith("{") and x.endswith("}") else x for x in levels)
