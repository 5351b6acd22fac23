"""Sources on the web. Nothing is fetched, and no HTTP library loaded, until a document is asked for."""

from briefs.ingest.web.fetch import Fetched, Fetcher
from briefs.ingest.web.source import FeedSource, Target, UrlSource, list_targets, make_source

__all__ = ["FeedSource", "Fetched", "Fetcher", "Target", "UrlSource", "list_targets", "make_source"]
