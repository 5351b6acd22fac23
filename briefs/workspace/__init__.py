"""The folders a run writes to: the output, the lock that keeps a second run out, and the SQLite store.

Nothing else in the package writes files. A file is written beside its place, flushed and renamed, so that a reader never
sees half of one and a killed run leaves none.
"""

from briefs.workspace.exchange import Exported, Imported, export_memory, import_memory
from briefs.workspace.folder import (
    TEMPORARY,
    Workspace,
    open_history,
    open_memory,
    probe_folder,
    write_chunks,
    write_file,
)
from briefs.workspace.history import DONE, Ending, Found, History, Run
from briefs.workspace.memory import Entry, Maker, Stats, TranslationMemory
from briefs.workspace.store import Connection

__all__ = [
    "DONE",
    "TEMPORARY",
    "Connection",
    "Ending",
    "Entry",
    "Exported",
    "Found",
    "History",
    "Imported",
    "Maker",
    "Run",
    "Stats",
    "TranslationMemory",
    "Workspace",
    "export_memory",
    "import_memory",
    "open_history",
    "open_memory",
    "probe_folder",
    "write_chunks",
    "write_file",
]
