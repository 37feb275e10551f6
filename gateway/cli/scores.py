"""``gateway vendors score``: how good a vendor is, with bounds, its grade and why."""

import click

from gateway.cli.common import json_option, open_services, say, table
from gateway.domain.problem import CallerError, Problem


@click.command("score")
@click.argument("vendor", required=False)
@click.option("--refresh", "is_fresh", is_flag=True, help="Count everything again first, and let the limits act.")
@json_option
def score(vendor: str | None, *, is_fresh: bool, as_json: bool) -> None:
    """Show VENDOR's scorecard, or every vendor's grade. The worker counts after runs, after reports and every day."""
    from gateway.db.base import text_of
    from gateway.db.work import reading
    from gateway.scoring.keep import find_anomalies, find_card, find_cards, find_scores
    from gateway.scoring.refresh import refresh
    from gateway.vendors.book import find_standing, list_vendors, need_vendor

    services = open_services()
    fallen = refresh(services, whole=True).fallen if is_fresh else {}
    with reading(services.engine) as connection:
        if vendor is None:
            found = list_vendors(connection)
            cards = find_cards(connection, [one["vendor"] for one in found])
            rows = [(one["vendor"], one["standing"], _grade(cards, one["vendor"])) for one in found]
            told = [dict(zip(("vendor", "standing", "grade"), row, strict=True)) for row in rows]
            lines = table(rows, ("vendor", "standing", "grade")) if rows else ["No vendor is known yet."]
            return say({"vendors": told, "fallen": fallen}, lines, as_json=as_json)
        need_vendor(connection, vendor)
        standing, kept = find_standing(connection, vendor), find_card(connection, vendor)
        odd = [one.says for one in find_anomalies(connection, vendor=vendor)]
        lists = [
            {
                "list": f"list_{one.source}",
                "month": one.month,
                "rows": one.figures.rows,
                "usable": one.figures.prospects,
            }
            for one in find_scores(connection, vendor=vendor)
            if one.origin_kind == "list"
        ]
    if kept is None:
        message = "nothing was counted of it yet; --refresh counts now"
        raise CallerError([Problem("not_counted", message, field="vendor")])
    document = {"vendor": vendor, "standing": standing, "as_of": text_of(kept.counted_at), **kept.card.as_dict(),
                "lists": lists, "anomalies": odd}  # fmt: skip
    return say(document, _lines(document), as_json=as_json)


def _grade(cards: dict, name: str) -> str:  # type: ignore[type-arg]
    from gateway.vendors.book import fold

    kept = cards.get(fold(name))
    return (kept.card.grade if kept else None) or "-"


def _lines(told: dict) -> list[str]:  # type: ignore[type-arg]
    from gateway.scoring.card import WORDS, Cost, money, percent

    lines = [f"{told['vendor']}: {told['standing']}, grade {told['grade'] or 'none yet'}, counted {told['as_of']}"]
    lines += [f"  {one['letter']}  {one['says']}" for one in told["parts"]]
    rows = [
        (WORDS[name], f"{one['count']:,} of {one['of']:,}", percent(one["share"]),
         f"{percent(one['low'])} to {percent(one['high'])}")
        for name, one in told["measures"].items()
    ]  # fmt: skip
    lines += table(rows, ("measure", "counted", "share", "95 %"))
    for name in ("prospect", "customer"):
        lines += [f"cost per {name}: {money(Cost(**one))}" for one in told[f"cost_per_{name}"]]
    return [*lines, *(f"odd: {one}" for one in told["anomalies"])]
