"""Finds the Chromium that the browser tests drive, and installs one where there is none.

python tests/browser/find_chromium.py             # prints its path, or fails with one sentence
python tests/browser/find_chromium.py --install   # the same, after installing it where that is needed
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


#: Seconds to wait while another program holds apt's lock.
APT_PATIENCE = 600


class NoChromium(Exception):  # noqa: N818 - a state of the machine, told in one sentence
    """There is no Chromium that can be started."""


def find() -> str:
    """Return the path of a Chromium that starts: ``$CHROMIUM``, the system's, or Playwright's own.

    Raises
    ------
    NoChromium
        If there is none, or if ``$CHROMIUM`` names something that does not start.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        path = shutil.which(named)
        if path is None or not _starts(path):
            raise NoChromium(f"CHROMIUM={named} cannot be started; name another or unset it.")
        return path
    for path in _candidates():
        if _starts(path):
            return path
    raise NoChromium("There is no Chromium here; run make chromium, or set CHROMIUM to the path of one.")


def install() -> str:
    """Return what `find` finds, installing Chromium with apt or else Playwright's where it finds nothing."""
    try:
        return find()
    except NoChromium:
        if os.environ.get("CHROMIUM"):
            raise
    as_root = _as_root()
    if shutil.which("apt-get") and as_root is not None:
        print("Installing Chromium with apt-get …", file=sys.stderr)
        waiting = ["-o", f"DPkg::Lock::Timeout={APT_PATIENCE}"]
        apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *waiting]
        # 'update' waits for no lock; a list that is a little old does, too.
        updated = _run([*apt, "update"]) or _run([*apt, "check"])
        if updated and _run([*apt, "install", "-y", "--no-install-recommends", "chromium"]):
            try:
                return find()
            except NoChromium:
                pass  # some systems install only a pointer to another package manager
    print("Installing Playwright's own Chromium …", file=sys.stderr)
    playwright = [sys.executable, "-m", "playwright", "install"]
    with_libraries = as_root is not None and _run([*playwright, "--with-deps", "chromium"])
    if not with_libraries and not _run([*playwright, "chromium"]):
        raise NoChromium("Chromium could not be installed; install it by hand or set CHROMIUM to the path of one.")
    return find()


def _candidates() -> Iterator[str]:
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            yield path
    yield from (path for path in MAC_APPLICATIONS if Path(path).exists())
    own = _of_playwright()
    if own is not None:
        yield own


def _of_playwright() -> str | None:
    # Asked in a process of its own: the synchronous interface refuses to start twice in one.
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    path = answer.stdout.strip()
    return path if answer.returncode == 0 and Path(path).is_file() else None


def _starts(path: str) -> bool:
    """Tell a browser from a stand-in that only says how to install one."""
    try:
        answer = subprocess.run(
            [path, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=120, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _as_root() -> list[str] | None:
    """Return what to put before a command to run it as root, or None where that needs a password."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") and _run(["sudo", "-n", "true"], quiet=True) else None


def _run(command: list[str], quiet: bool = False) -> bool:
    # What the command prints goes to standard error: standard output holds the path alone.
    shown = subprocess.DEVNULL if quiet else sys.stderr
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=shown, stderr=shown, check=False).returncode == 0


def main() -> int:
    """Print the path and return 0, or say in one sentence why there is none and return 1."""
    parser = argparse.ArgumentParser(description="Find the Chromium of the browser tests.")
    parser.add_argument("--install", action="store_true", help="install one where there is none")
    try:
        print(install() if parser.parse_args().install else find())
    except NoChromium as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
