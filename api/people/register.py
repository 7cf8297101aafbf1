"""The register: which persons there are, what they chose and which tags are theirs.

Reads come from memory and are safe on any thread; writes are on disk before they count.
"""

import secrets
from typing import cast

from api.access.role import Role
from api.people.database import Database, Value
from api.people.person import Person, Precision, UnknownPersonError, Visibility
from sensors.tag import Tag


class Register:
    """Persons and tags.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.load()

    def load(self) -> None:
        """Reads everything anew."""
        with self._database.lock:
            rows = self._database.rows(
                "SELECT id, name, role, visible, precision, invisible_until_ms FROM person"
            )
            self._persons = {person.id: person for person in map(_person, rows)}
            tags = self._database.rows("SELECT tag, person FROM tag")
            self._owners = {Tag(str(tag)): str(person) for tag, person in tags}
            self._weigh()

    def _weigh(self) -> None:
        shown = {p.id for p in self._persons.values() if p.visibility.visible}
        self._welcome = frozenset(tag for tag, owner in self._owners.items() if owner in shown)

    def is_enrolled(self, tag: Tag) -> bool:
        """Whether sightings of a tag may be kept: it belongs to someone who opted in."""
        return tag in self._welcome

    def persons(self) -> tuple[Person, ...]:
        """Everyone, by name."""
        return tuple(sorted(self._persons.values(), key=lambda p: (p.name.casefold(), p.id)))

    def person(self, person_id: str) -> Person:
        """The person with this id.

        Raises:
            UnknownPersonError: If there is none.
        """
        found = self._persons.get(person_id)
        if found is None:
            raise UnknownPersonError(person_id)
        return found

    def tags_of(self, person_id: str) -> tuple[Tag, ...]:
        """The tags of one person."""
        return tuple(tag for tag, owner in self._owners.copy().items() if owner == person_id)

    def owner_of(self, tag: Tag) -> str | None:
        """Whose tag this is, None where it is nobody's."""
        return self._owners.get(tag)

    def add(
        self,
        name: str,
        role: Role = Role.STAFF,
        visibility: Visibility = Visibility(),  # noqa: B008
        person_id: str | None = None,
    ) -> Person:
        """A new person, who shows nothing unless told otherwise.

        Args:
            name: As colleagues know them.
            role: Any but `screen`.
            visibility: What they chose.
            person_id: A random one where left out; must not say the name.
        """
        person = Person(person_id or secrets.token_hex(6), name, role, visibility)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)",
                (person.id, name, role, *_columns(visibility)),
            )
        self.load()
        return person

    def choose(self, person_id: str, visibility: Visibility) -> None:
        """Writes down what a person chose; it counts at once.

        Raises:
            UnknownPersonError: If there is no such person.
        """
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE person SET visible = ?, precision = ?, invisible_until_ms = ? WHERE id = ?",
                (*_columns(visibility), person_id),
            )
            if changed.rowcount == 0:
                raise UnknownPersonError(person_id)
        self.load()

    def enrol(self, person_id: str, tag: Tag) -> None:
        """Gives a tag to a person, taking it from whoever had it.

        Raises:
            UnknownPersonError: If there is no such person.
        """
        self.person(person_id)
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO tag VALUES (?, ?)", (tag, person_id))
        self.load()

    def unenrol(self, tag: Tag) -> None:
        """Forgets a tag."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM tag WHERE tag = ?", (tag,))
        self._database.truncate_log()
        self.load()

    def remove(self, person_id: str) -> None:
        """Forgets a person, with their tags, keys and sessions."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM person WHERE id = ?", (person_id,))
        self._database.truncate_log()
        self.load()


def _person(row: tuple[Value, ...]) -> Person:
    person_id, name, role, visible, precision, until = row
    choice = Visibility(bool(visible), Precision(str(precision)), cast("int | None", until))
    return Person(str(person_id), str(name), Role(str(role)), choice)


def _columns(visibility: Visibility) -> tuple[int, str, int | None]:
    return int(visibility.visible), visibility.precision, visibility.invisible_until_ms
