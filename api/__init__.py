"""The process that answers: HTTP, pages, access and privacy."""
