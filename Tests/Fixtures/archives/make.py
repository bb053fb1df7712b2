#!/usr/bin/env python3
"""Writes the tar files of Tests/ArchivesTests in the formats of Python's tarfile and of GNU tar (v7)."""
import io
import pathlib
import subprocess
import tarfile
import tempfile

here = pathlib.Path(__file__).parent
FILES = {
    "a/one.txt": b"one",
    "a/zeros.bin": bytes(1500),
    "folder/" * 20 + "file.txt": b"a long name",
}

for name, form in [
    ("ustar", tarfile.USTAR_FORMAT),
    ("gnu", tarfile.GNU_FORMAT),
    ("pax", tarfile.PAX_FORMAT),
]:
    with tarfile.open(here / f"{name}.tar", "w", format=form) as tar:
        folder = tarfile.TarInfo("a")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for path, contents in FILES.items():
            info = tarfile.TarInfo(path)
            info.size = len(contents)
            tar.addfile(info, io.BytesIO(contents))

with tempfile.TemporaryDirectory() as folder:
    root = pathlib.Path(folder)
    (root / "a").mkdir()
    for path, contents in list(FILES.items())[:2]:
        (root / path).write_bytes(contents)
    subprocess.run(
        ["tar", "--format=v7", "--sort=name", "--owner=0", "--group=0", "--mtime=@0",
         "-C", folder, "-cf", here / "v7.tar", "a"], check=True)
