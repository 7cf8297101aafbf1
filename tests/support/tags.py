"""The tags of a page, as a browser would read them."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """The tags of a page, and whether all that opened was closed."""

    VOID = frozenset({"meta", "link", "input", "br", "hr"})

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.wrong = [], [], []
        self.feed(text)

    def handle_startendtag(self, tag, attrs):
        """A tag that closes itself."""
        self.found.append((tag, dict(attrs)))

    def handle_starttag(self, tag, attrs):
        """A tag that opens."""
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """A tag that closes."""
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(tag)
