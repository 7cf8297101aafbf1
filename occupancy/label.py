"""A name for people, in the languages of the pages."""

from dataclasses import dataclass

LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Label:
    """A text in Dutch and in English.

    >>> Label.of("Den").said("en"), Label("Noord", "North").said("nl")
    ('Den', 'Noord')
    """

    nl: str
    en: str

    @classmethod
    def of(cls, text: str) -> "Label":
        """The same text in both languages."""
        return cls(text, text)

    def said(self, language: str) -> str:
        """The text in ``language``, Dutch where the language is not known."""
        return self.en if language == "en" else self.nl
