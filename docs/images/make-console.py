"""Draws console.svg from a real run: `RUNNER_DATA=… python3 docs/images/make-console.py`.

Runs the built program in a tmux of 80 columns and turns what the terminal shows into SVG. Needs tmux.
"""

import html
import os
import pathlib
import re
import subprocess
import time

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
command = "runner experiments/sequential.yaml"
session = f"runner-console-{os.getpid()}"
line_height, char_width, left, top = 18, 8.43, 18, 46

environment = f"RUNNER_DATA={os.environ.get('RUNNER_DATA', '')} PATH={root}/.build/release:$PATH"
subprocess.run(
    ["tmux", "new-session", "-d", "-s", session, "-x", "80", "-y", "40", "-c", str(root),
     f"{environment} sh -c 'printf \"\\033[32m$\\033[0m {command}\\n\"; {command}; touch {here}/.done; sleep 60'"],
    check=True)
while not (here / ".done").exists():
    time.sleep(0.2)
(here / ".done").unlink()
time.sleep(0.5)
screen = subprocess.run(["tmux", "capture-pane", "-e", "-p", "-t", session],
                        capture_output=True, text=True, check=True).stdout
subprocess.run(["tmux", "kill-session", "-t", session], check=True)

colours = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}
lines = screen.rstrip().split("\n")
rows = []
style = ""
for number, line in enumerate(lines):
    spans, column = [], 0
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b"):
            for code in part[2:-1].split(";"):
                if code in ("0", "", "39", "22", "49"):
                    style = "" if code in ("0", "") else style
                    if code in ("39", "22"):
                        style = ""
                elif code == "1":
                    style = 'font-weight="bold"'
                elif code == "2":
                    style = 'fill-opacity="0.6"'
                elif code in colours:
                    style = f'fill="{colours[code]}"'
        elif part:
            x = left + column * char_width
            width = len(part) * char_width
            spans.append(f'<text x="{x:.1f}" y="{top + number * line_height}" {style} '
                         f'textLength="{width:.1f}" xml:space="preserve">{html.escape(part)}</text>')
            column += len(part)
    rows.append("".join(spans))

width, height = int(2 * left + 80 * char_width), top + len(lines) * line_height
(here / "console.svg").write_text(
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
    f'viewBox="0 0 {width} {height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
    f'font-size="14" fill="#e6edf3">\n<rect width="100%" height="100%" rx="8" fill="#0d1117"/>\n'
    '<circle cx="20" cy="16" r="5" fill="#ff5f56"/><circle cx="38" cy="16" r="5" fill="#ffbd2e"/>'
    '<circle cx="56" cy="16" r="5" fill="#27c93f"/>\n' + "\n".join(rows) + "\n</svg>\n")
