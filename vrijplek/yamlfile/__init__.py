"""YAML files that people write: read with line marks, checked by pydantic, all mistakes at once.

Owns how a mistake in a file is found and told. Knows no building and no setting.

Use: ``document = read_yaml(path)``, then ``validate(document, Model)`` with a `Shape` as the model.
What comes back is the model, or a tuple of `Problem`.
"""

from vrijplek.yamlfile.document import Document, Place, Value
from vrijplek.yamlfile.problem import Problem
from vrijplek.yamlfile.reader import read_yaml
from vrijplek.yamlfile.shape import Shape, faults, modelled, nearest, shown, validate, wanted

__all__ = [
    "Document",
    "Place",
    "Problem",
    "Shape",
    "Value",
    "faults",
    "modelled",
    "nearest",
    "read_yaml",
    "shown",
    "validate",
    "wanted",
]
