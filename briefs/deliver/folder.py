"""Deliveries that send nothing: to a folder, and to nobody."""

from collections.abc import Sequence
from pathlib import Path

from briefs.brief import Brief
from briefs.errors import ConfigError, DeliveryError
from briefs.registry import Receipt
from briefs.workspace import write_file


class FolderDelivery:
    """Copies the files into a folder."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made at the first delivery."""
        self._folder = folder

    def send(self, brief: Brief, files: Sequence[Path]) -> Receipt:
        """Copy the files; DeliveryError if one cannot be read or written."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for path in files:
                write_file(self._folder / path.name, path.read_bytes())
        except (OSError, ConfigError) as error:
            raise DeliveryError(f"{self._folder}: {error}", hint="the brief itself was made and is kept") from error
        return Receipt(delivered=True, detail=f"{len(files)} files of {brief.date} in {self._folder}")


class NullDelivery:
    """Delivers nothing and says so."""

    def send(self, brief: Brief, files: Sequence[Path]) -> Receipt:
        """Return a receipt that says nothing was delivered."""
        return Receipt(delivered=False, detail=f"{len(files)} files of {brief.date} kept")
