"""The report to send to a vendor: what became of its list, why in words a vendor may read, and rows it could mend."""

from itertools import islice

from flask import Response

from gateway.console.desk.charts import bars
from gateway.console.desk.frame import translated
from gateway.console.desk.gate import page, shown
from gateway.console.desk.lists import unknown_list
from gateway.console.desk.reasoned import vendor_words
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.intake.downloads import open_download
from gateway.intake.http import services
from gateway.intake.listed import Listed, find_listed

ROWS = 25  # on paper; the workbook has all of them
LOOKED_AT = 5_000  # rows that are looked through for them
COLUMNS = 4  # of the vendor's own, beside ours


@page("GET", "/lists/<list_id:list_id>/report", role="viewer")
def show(list_id: int) -> Response:
    """What became of a list, to be printed or sent; without what is between a person and us."""
    with reading(services().engine) as connection:
        one = find_listed(connection, list_id)
    if one is None:
        raise unknown_list(list_id)
    said, unsaid = _reasons(one)
    headings, rows = _to_mend(list_id)
    return shown(
        "lists/report.html", here="lists", one=one, at=services().clock.now(), unsaid=unsaid, headings=headings,
        rows=rows, reasons=bars([(words, count) for words, _, count in said]),
        remedies=[(words, remedy) for words, remedy, _ in said if remedy],
    )  # fmt: skip


def _reasons(one: Listed) -> tuple[list[tuple[str, str, int]], bool]:
    """Words, remedy and count of each reason a vendor may read; whether there are others."""
    found: dict[tuple[str, str], int] = {}
    unsaid = False
    for code, count in one.receipt.get("reasons", {}).items():
        words = vendor_words(code)
        unsaid = unsaid or words is None
        if words is not None:
            found[words] = found.get(words, 0) + count
    ranked = sorted(found.items(), key=lambda item: -item[1])
    return [(words, remedy, count) for (words, remedy), count in ranked], unsaid


def _to_mend(list_id: int) -> tuple[list[str], list[list[str]]]:
    """The first rows that can be mended, with our columns and the first of the vendor's; of duplicates none can."""
    download = open_download(services(), list_id, outcomes=("hold", "rejection"), reader="vendor")
    ours = len(download.ours)
    remedy = download.ours.index("gateway: what to do")
    looked_at = islice(download.rows(), LOOKED_AT)
    rows = ([*row[: ours - 1], *row[ours : ours + COLUMNS]] for row in looked_at if row[remedy] and not row[ours - 1])
    named = [translated(one) for one in (phrase("Row"), phrase("Outcome"), phrase("Why"), phrase("What to do"))]
    return [*named, *download.headings[ours : ours + COLUMNS]], list(islice(rows, ROWS))
