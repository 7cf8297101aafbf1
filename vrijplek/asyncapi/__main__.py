"""Prints the document: ``python -m vrijplek.asyncapi > docs/asyncapi.yaml``."""

import sys

from vrijplek.asyncapi.document import document_text

if __name__ == "__main__":
    sys.stdout.write(document_text())
