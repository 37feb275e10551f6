"""The pictures of the desk: the pages show those that there are, and each page of the tool has its own."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]
OUT = ROOT / "docs" / "screens"
MOST_BYTES = 12_000_000  # of all together, some 45 kB each: who clones the repository waits for them


def test_there_is_a_picture_of_each_page_in_each_look_and_no_other():
    pictures = runpy.run_path(str(ROOT / "tools" / "screenshots.py"))["pictures"]
    assert sorted(path.name for path in OUT.iterdir()) == sorted(pictures())
    assert sum(path.stat().st_size for path in OUT.iterdir()) < MOST_BYTES
    assert all(path.read_bytes().startswith(b"\x89PNG\r\n") for path in OUT.iterdir())


def test_every_picture_that_a_page_shows_exists():
    shown = [
        (page, picture)
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    ]
    assert len([picture for _, picture in shown if "screens/" in picture]) > 5
    assert [(page.name, picture) for page, picture in shown if not (page.parent / picture).exists()] == []
