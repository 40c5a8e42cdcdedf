"""Audits what is installed against the lock: ``python tools/audit.py requirements.lock``, with no network.

It proves of every library that it is pinned to one version and to SHA-256 sums, that what is installed is
what is pinned and nothing besides, and that its own licence is one that we accept. It knows nothing of
advisories: those are asked online, as docs/reliability.md says.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.metadata import PackageMetadata

# By their SPDX names, and as classifiers and old metadata spell them.
ACCEPTED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "MIT", "MIT-0"),
        *("MIT-CMU", "PSF-2.0", "Unlicense", "Zlib"),
        *("Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
        "Python Software Foundation License",
    }
)
# Accepted for one library alone, each used as it is published.
ACCEPTED_FOR: Mapping[str, str] = {
    "certifi": "MPL-2.0: a list of certificates, unchanged",
    "orjson": "MPL-2.0 in part, unchanged; Prefect needs it",
    "pathspec": "MPL-2.0, unchanged; Prefect needs it",
    "psycopg": "LGPL-3.0, a library of its own that can be exchanged",
    "psycopg-binary": "LGPL-3.0, a library of its own that can be exchanged",
    "text-unidecode": "Artistic License, of the two that it offers; Prefect needs it",
}
OURS = frozenset({"duban", "pip"})  # not of the lock: the wheel itself, and what installs it


class Installed(NamedTuple):
    """A library as it is installed, with the licences that it names itself."""

    name: str
    version: str
    licences: tuple[str, ...]


def normal(name: str) -> str:
    """Give the one spelling of a library's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> tuple[dict[str, set[str]], list[str]]:
    """Give the versions that a lock pins by name, and what is wrong with it."""
    pinned: dict[str, set[str]] = {}
    wrong: list[str] = []
    for one in re.sub(r"\\\n", " ", text).splitlines():
        if not one.strip() or one.lstrip().startswith("#"):
            continue
        found = re.match(r"([\w.-]+)==([\w.!+-]+)(?=\s|;)", one)
        if found is None:
            wrong.append(f"not pinned to one version: {one.strip()[:80]}")
        elif not re.search(r"--hash=sha256:[0-9a-f]{64}(?!\S)", one):
            wrong.append(f"without a SHA-256 sum: {found[1]}")
        else:
            pinned.setdefault(normal(found[1]), set()).add(found[2])
    return pinned, wrong


def installed() -> list[Installed]:
    """Give what is installed beside this Python."""
    return [Installed(normal(one.name), one.version, _licences(one.metadata)) for one in distributions()]


def _licences(metadata: PackageMetadata) -> tuple[str, ...]:
    """Give each licence that a library's metadata name: expression, else classifiers, else the old field."""
    for said in metadata.get_all("License-Expression") or ():
        return tuple(part for part in re.split(r"\s+(?:AND|OR|WITH)\s+|[()\s]+", said) if part)
    classified = metadata.get_all("Classifier") or ()
    parts = [one.rpartition(" :: ")[2] for one in classified if one.startswith("License :: OSI Approved :: ")]
    return tuple(parts) or tuple(metadata.get_all("License") or ())


def faults(found: Iterable[Installed], pinned: Mapping[str, set[str]]) -> list[str]:
    """Give what is wrong with the libraries that are installed, in a line each."""
    wrong: list[str] = []
    for one in sorted(found):
        if one.version not in pinned.get(one.name, ()):
            wrong.append(f"not as the lock has it: {one.name} {one.version}")
        if one.name not in ACCEPTED_FOR and not (one.licences and ACCEPTED.issuperset(one.licences)):
            wrong.append(f"a licence that we do not accept: {one.name}: {' / '.join(one.licences) or 'none'}")
    return wrong


def main() -> None:
    """Audit, and end with 1 when anything is wrong."""
    pinned, wrong = read_lock(Path(sys.argv[1]).read_text(encoding="utf-8"))
    here = [one for one in installed() if one.name not in OURS]
    wrong += faults(here, pinned)
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"{len(here)} libraries are as {sys.argv[1]} has them, with sums and accepted licences")


if __name__ == "__main__":
    main()
