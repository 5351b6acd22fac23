"""Ingestion: files become raw documents, whatever they are encoded in; what cannot be read becomes a problem."""

from briefs.ingest.charset import Decoded, decode
from briefs.ingest.collect import ingest, nothing_to_read
from briefs.ingest.find import SUFFIXES
from briefs.ingest.folder import FolderSource, NullSource

__all__ = ["SUFFIXES", "Decoded", "FolderSource", "NullSource", "decode", "ingest", "nothing_to_read"]
