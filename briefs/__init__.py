"""Offline policy briefs from web articles."""

__version__ = "0.1.0"
