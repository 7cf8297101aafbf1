"""What a recorded line came to, in few words that can be looked through and pinned."""

from vrijplek.decoding.heard import Outcome


def meaning(outcome: Outcome) -> list[str]:
    """One word of each reading, or why there is none."""
    told = outcome.as_json()
    if "rejected" in told:
        return [f"rejected {told['rejected']['reason']}"]
    if "noted" in told:
        return [f"noted {told['noted']}"]
    return [_reading(one) for one in told["readings"]]


def _reading(one: dict) -> str:
    value = one["value"]
    shown = f"{value:g}" if isinstance(value, int | float) and value is not True else str(value)
    shown = str(value) if isinstance(value, bool) else shown
    words = [one["kind"], one["sensor"], shown, one["unit"] or "", *sorted(one["flags"])]
    at = one["event_time"] or ""
    return " ".join(word for word in (*words, at) if word)
