"""The pages of docs/devices, and what the code says to their examples.

`python tests/support/device_pages.py` writes into each page what `vrijplek decode` now prints of
its messages.
"""

import re
import shutil
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from vrijplek.commands.decode import decode  # noqa: E402 - the folder above comes first

PAGES = ROOT / "docs" / "devices"
HEAD = ROOT / "tests" / "data" / "device-pages.yaml"
"""The building in which the lines of a page stand."""
LINES, MESSAGES = "In the building file", "What becomes of a message"
HEADINGS = (LINES, MESSAGES, "Quirks", "At the broker", "If nothing comes")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANSWER = re.compile(r"(^```jsonl\n.*?^```\n.*?^```text\n).*?(^```$)", re.MULTILINE | re.DOTALL)


def section(words: str, heading: str) -> str:
    """What stands below a heading of a page."""
    return words.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def blocks(words: str, language: str) -> list[str]:
    """The blocks of code in a language."""
    return [found[2] for found in _BLOCK.finditer(words) if found[1] == language]


def with_building(words: str, folder: Path) -> Path:
    """The building file that has a page's lines, made in a folder."""
    (lines,) = blocks(section(words, LINES), "yaml")
    (folder / "page.yaml").write_text(lines, encoding="utf-8")
    return Path(shutil.copy(HEAD, folder / "hq.yaml"))


def messages(words: str) -> str:
    """The recording that a page shows."""
    (told,) = blocks(section(words, MESSAGES), "jsonl")
    return told


def answer(words: str, folder: Path) -> str:
    """What `vrijplek decode --explain` prints of a page's messages."""
    building, capture = with_building(words, folder), folder / "capture.jsonl"
    capture.write_text(messages(words), encoding="utf-8")
    keys = None
    for told in blocks(section(words, MESSAGES), "yaml"):
        keys = folder / "keys.yaml"
        keys.write_text(told, encoding="utf-8")
    said = StringIO()
    with redirect_stdout(said):
        decode(capture, str(building), "", keys, explain=True)
    return said.getvalue()


def renewed(words: str) -> str:
    """A page with the answer that the code gives now."""
    with TemporaryDirectory() as folder:
        told = answer(words, Path(folder))
    return _ANSWER.sub(lambda found: found[1] + told + found[2], words)


if __name__ == "__main__":
    for page in sorted(PAGES.glob("*.md")):
        page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")
