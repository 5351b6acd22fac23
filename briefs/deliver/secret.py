"""The mail server's password: from the environment, a file that only its owner may read, or the system's keyring."""

import os
import stat
from pathlib import Path

from briefs.config import MailSettings
from briefs.errors import ConfigError, DependencyError

_LONGEST = 65_536


def find_password(mail: MailSettings) -> str:
    """The password of `mail.user`; ConfigError if there is none, or others may read it."""
    if mail.password:
        return mail.password
    if mail.password_file:
        return _read_file(Path(mail.password_file))
    if mail.keyring:
        return _ask_keyring(mail.keyring, mail.user)
    raise ConfigError(
        f"there is no password for {mail.user} at {mail.host}",
        hint="set BRIEFS_MAIL_PASSWORD, mail.password_file or mail.keyring, or empty mail.user",
    )


def _read_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_IMODE(status.st_mode) & 0o077:
                raise ConfigError(f"{path} can be read by others", hint=f"chmod 600 {path}")
            line = file.readline(_LONGEST).rstrip(b"\r\n").decode("utf-8")
    except OSError as error:
        hint = "correct mail.password_file, or write the password into it, chmod 600"
        raise ConfigError(f"{path}: cannot be read ({error.strerror})", hint=hint) from error
    except UnicodeDecodeError as error:
        # Not `from error`: it holds the bytes.
        raise ConfigError(f"{path}: its first line is no UTF-8 text", hint=f"byte {error.start} is wrong") from None
    if not line:
        raise ConfigError(f"{path}: its first line is empty", hint="write the password there")
    return line


def _ask_keyring(service: str, user: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError as error:
        raise DependencyError(
            "mail.keyring is set, but the package keyring is not installed", hint="pip install 'briefs[keyring]'"
        ) from error
    try:
        found = keyring.get_password(service, user)
    except keyring.errors.KeyringError as error:
        raise ConfigError(
            f"the keyring cannot be asked: {str(error) or type(error).__name__}",
            hint="unlock it; a timer without a session needs mail.password_file",
        ) from error
    if not found:
        raise ConfigError(
            f"the keyring has no password of {user} under {service}", hint=f"keyring set {service} {user}"
        )
    return str(found)
