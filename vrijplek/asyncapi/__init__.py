"""The AsyncAPI document of the wire format, made from the structs that decode it.

``python -m vrijplek.asyncapi`` prints it; `docs/asyncapi.yaml` is what it prints.
"""

from vrijplek.asyncapi.document import document, document_text

__all__ = ["document", "document_text"]
