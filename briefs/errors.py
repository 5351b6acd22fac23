"""Errors that a user can do something about, each with the exit code it ends in and a hint.

BriefError
├── UsageError           2  the command line asks for something impossible
├── ConfigError          3  briefs.toml or the environment is wrong
├── InputError           4  there is nothing readable to work on
│   └── DocumentError       one document cannot be read (recorded as a problem; the rest goes on)
├── DependencyError      5  a pack, font or library is missing
│   └── PackError           a translation pack is missing, corrupt or unsafe
│       └── MissingPackError    no pack translates between two languages (the original is shown)
├── TranslationError     6  the translator failed
├── RenderError          7  the brief could not be rendered, or failed its self-check
│   ├── TemplateError       a template is wrong (names its file and line)
│   └── VerifyError         a PDF carries nothing to verify it by, or what cannot be read
├── DeliveryError        8  the brief was made but not delivered
└── LockError            9  another run holds the lock
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; documented in docs/exit-codes.md."""

    OK = 0
    BUG = 1
    USAGE = 2
    CONFIG = 3
    NOTHING_TO_READ = 4
    MISSING = 5
    TRANSLATION = 6
    RENDERING = 7
    DELIVERY = 8
    LOCKED = 9
    PARTIAL = 10
    INTERRUPTED = 130


class BriefError(Exception):
    """An error with words for the user: what happened, and in `hint` what to do about it."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(BriefError):
    """The command line asks for something impossible."""

    exit_code = ExitCode.USAGE


class ConfigError(BriefError):
    """The configuration file or the environment is wrong."""

    exit_code = ExitCode.CONFIG


class InputError(BriefError):
    """There is nothing readable to work on."""

    exit_code = ExitCode.NOTHING_TO_READ


class DocumentError(InputError):
    """One document cannot be read."""


class DependencyError(BriefError):
    """Something that must be installed is missing."""

    exit_code = ExitCode.MISSING


class PackError(DependencyError):
    """A translation pack is missing, corrupt or unsafe."""


class MissingPackError(PackError):
    """No pack translates between two languages."""


class TranslationError(BriefError):
    """The translator failed."""

    exit_code = ExitCode.TRANSLATION


class RenderError(BriefError):
    """The brief could not be rendered, or the result failed its self-check."""

    exit_code = ExitCode.RENDERING


class TemplateError(RenderError):
    """A template is wrong; the message names its file and line."""


class VerifyError(RenderError):
    """A PDF carries nothing to verify it by, or what cannot be read."""


class DeliveryError(BriefError):
    """The brief was made but not delivered."""

    exit_code = ExitCode.DELIVERY


class LockError(BriefError):
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED
