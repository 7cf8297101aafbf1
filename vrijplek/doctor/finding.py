"""Findings: what one look has told."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. No field holds a secret."""

    what: str
    found: str
    expected: str = ""
    """Empty where all is well."""
    mend: str = ""
    """What to do where it is not."""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.mend
