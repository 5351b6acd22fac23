"""The Argos package index: what it offers, and the download of one package."""

import http.client
import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from briefs.config import nearest
from briefs.errors import MissingPackError, PackError
from briefs.packs.archive import MAX_BYTES
from briefs.packs.find import order_versions

SECONDS = 30  # without a byte, after which a connection is given up
MAX_INDEX = 20_000_000
_CHUNK = 1 << 18
_BY_HAND = "download the .argosmodel file elsewhere and install that: briefs packs install FILE"
_CODE = re.compile(r"(?:translate-)?([A-Za-z]{2,8})[_-]([A-Za-z]{2,8})").fullmatch

Progress = Callable[[str, int, int], None]


def find_package(code: str) -> Any:
    """The newest package of the index for a code such as `ja_en`, as an argostranslate.package.AvailablePackage.

    Raises:
        MissingPackError: if the index has none.
        PackError: if the index cannot be read.
    """
    from argostranslate import package, settings

    match = _CODE(code)
    if not match:
        raise MissingPackError(f"{code!r} is neither a file nor a code of the index", hint="write a code like ja_en")
    index = json_index(settings.remote_package_index)
    offered = [package.AvailablePackage(dict(entry)) for entry in index if isinstance(entry, dict)]
    pairs = {(each.from_code, each.to_code) for each in offered if each.type == "translate"}
    found = [each for each in offered if each.type == "translate" and (each.from_code, each.to_code) == match.groups()]
    if not found:
        known = [f"{source}_{target}" for source, target in pairs if source and target]
        hint = nearest("_".join(match.groups()), known) if known else _BY_HAND
        raise MissingPackError(f"the Argos index has no package {'_'.join(match.groups())}", hint=hint)
    return max(found, key=lambda each: order_versions(str(each.package_version)))


def json_index(url: str) -> list[Any]:
    """The entries of the index."""
    try:
        with _open(url) as response:
            data = response.read(MAX_INDEX + 1)
        entries = json.loads(data) if len(data) <= MAX_INDEX else None
    except (OSError, http.client.HTTPException) as error:
        raise PackError(f"the Argos index cannot be reached: {_reason(error)}", hint=_BY_HAND) from error
    except (ValueError, RecursionError) as error:
        raise PackError(f"the Argos index cannot be read: {error}", hint=_BY_HAND) from error
    if not isinstance(entries, list):
        raise PackError("the Argos index cannot be read: it is no list", hint=_BY_HAND)
    return entries


def fetch_package(package: Any, path: Path, progress: Progress | None = None) -> str:
    """Download a package to `path` from the first of its links that works, whole; return that link."""
    faults = []
    for link in package.links or []:
        try:
            _fetch(str(link), path, progress)
        except (OSError, ValueError, http.client.HTTPException) as error:
            faults.append(f"{link}: {_reason(error)}")
            continue
        return str(link)
    raise PackError(f"the package cannot be downloaded: {'; '.join(faults) or 'it has no link'}", hint=_BY_HAND)


def _fetch(url: str, path: Path, progress: Progress | None) -> None:
    with _open(url) as response, path.open("wb") as file:
        total = int(response.headers.get("Content-Length") or 0)
        done = 0
        for data in _chunks(response):
            done += len(data)
            if done > MAX_BYTES:
                raise ValueError(f"larger than {MAX_BYTES} bytes")
            file.write(data)
            if progress:
                progress("download", done, total)
        # http.client does not say so when a connection ends early.
        if total and done != total:
            raise ValueError(f"the connection ended after {done} of {total} bytes")
        file.flush()
        os.fsync(file.fileno())


def _chunks(response: Any) -> Iterator[bytes]:
    while data := response.read(_CHUNK):
        yield data


def _open(url: str) -> Any:
    if not url.startswith(("https://", "http://")):
        raise OSError(f"{url.split(':', maxsplit=1)[0]} is not fetched")
    request = urllib.request.Request(url, headers={"User-Agent": "briefs"})  # noqa: S310 - checked above
    return urllib.request.urlopen(request, timeout=SECONDS)  # noqa: S310


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None) if isinstance(error, urllib.error.URLError) else None
    if isinstance(error, urllib.error.HTTPError):
        return f"{error.code} {error.reason}"
    return str(reason or error or type(error).__name__)
