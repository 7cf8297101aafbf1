"""Out again: states of spaces and counts of floors as retained MQTT topics, for who wants them.

What goes out is in docs/publishing.md. No person, no tag and no address gets here: all of it is
made of the building and of the states in the live view.
"""

from vrijplek.publishing.assembly import put_together
from vrijplek.publishing.publisher import Publisher

__all__ = ["Publisher", "put_together"]
