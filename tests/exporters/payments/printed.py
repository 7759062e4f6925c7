"""What other programs see of a PDF: its text, whether it is sound, and where a text stands."""

import re
import shutil
import subprocess

import pytest


def tool(name):
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


def read(pdf, tmp_path, *options):
    path = tmp_path / "read.pdf"
    path.write_bytes(pdf)
    return subprocess.run([tool("pdftotext"), *options, path, "-"], capture_output=True, check=True).stdout.decode()


def text(pdf, tmp_path, *options):
    """The text as pdftotext reads it, page by page."""
    return read(pdf, tmp_path, *options).split("\f")[:-1]


def laid_out(pdf, tmp_path):
    """The pages as they look, without blanks at the ends of lines and more than one empty line."""
    pages = ["\n".join(line.rstrip() for line in page.splitlines()) for page in text(pdf, tmp_path, "-layout")]
    return [re.sub(r"\n{2,}", "\n\n", page).strip("\n") for page in pages]


def is_sound(pdf, tmp_path):
    path = tmp_path / "sound.pdf"
    path.write_bytes(pdf)
    done = subprocess.run([tool("qpdf"), "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def words(pdf, tmp_path):
    """(page, x, y of the lower edge, text) of every word, in points from the upper left corner."""
    html = read(pdf, tmp_path, "-bbox")
    found, page = [], 0
    for match in re.finditer(
        r'<page |<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', html
    ):
        if match[1] is None:
            page += 1
        else:
            found.append((page, float(match[1]), float(match[2]), float(match[3]), match[4]))
    return found
