"""The set-up script: says what only root can install, and does nothing twice."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the files that set-up reads, and a folder of commands that comes before all others."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/setup", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    return tmp_path


def fake(checkout, name, body):
    path = checkout / "bin" / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def setup(checkout, *arguments):
    path = f"{checkout / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(checkout), "BRIEFS_VENV": str(checkout / "venv")}
    return subprocess.run(
        ["sh", "scripts/setup", *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def installed(checkout):
    fake(checkout, "dpkg-query", "printf installed")


def test_without_root_it_says_exactly_what_to_install(checkout):
    fake(checkout, "dpkg-query", "exit 1")
    fake(checkout, "id", "echo 1000")
    fake(checkout, "sudo", "exit 1")
    result = setup(checkout)
    assert result.returncode == 5
    assert "apt-get install --no-install-recommends" in result.stderr
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-core", "fonts-noto-cjk"):
        assert package in result.stderr
    assert not (checkout / "venv").exists()


def test_as_root_it_installs_what_is_missing_and_no_more(checkout):
    fake(
        checkout,
        "dpkg-query",
        'for last; do :; done; case "$last" in fonts-noto-cjk*) exit 1;; *) printf installed;; esac',
    )
    fake(checkout, "id", "echo 0")
    fake(checkout, "apt-get", f'echo "$@" >> {checkout}/apt.log; [ "$1" = update ] || exit 7')
    assert setup(checkout).returncode == 7
    update, install = (checkout / "apt.log").read_text().splitlines()
    assert update.startswith("update")
    assert install.split()[-1] == "fonts-noto-cjk"
    assert "libpango" not in install


def test_run_again_it_does_nothing(checkout):
    installed(checkout)
    version = subprocess.run(
        ["sh", "-c", "for p in python3; do command -v $p; done"],
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    (checkout / "venv" / "bin").mkdir(parents=True)
    (checkout / "venv" / "bin" / "python").symlink_to(version)
    stamp = subprocess.run(
        ["sh", "-c", "cat requirements.lock pyproject.toml | sha256sum | cut -c1-16"],
        cwd=checkout, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    number = sys.version.split()[0]
    (checkout / "venv" / ".stamp").write_text(f"run {stamp}-{number}\n")
    result = setup(checkout)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_changed_lock_is_installed(checkout):
    installed(checkout)
    (checkout / "venv" / "bin").mkdir(parents=True)
    (checkout / "venv" / "bin" / "python").symlink_to(sys.executable)
    (checkout / "venv" / ".stamp").write_text("run of-another-lock\n")
    (checkout / "requirements.lock").write_text("no-such-package-at-all==1 --hash=sha256:" + "0" * 64 + "\n")
    result = setup(checkout)
    assert "installing the packages of requirements.lock" in result.stderr
    assert result.returncode != 0
