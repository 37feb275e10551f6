"""What policies cost over a long list, and how long history takes to be decided again. Part of ``make bench``."""

import json
import shutil
import sys
from pathlib import Path

import generate
from ground import check, prepare, settings, timed

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"


def policies_over_history(folder: Path, rows: int) -> dict[str, float]:
    """Import ``rows`` rows with all packs on; then derive every decision again, and decide all under changed packs."""
    list_path, data = folder / "history.csv", folder / "data-history"
    generate.write_list(rows, list_path)
    prepare(data)
    environment = settings(data)
    manifest = list_path.with_suffix(".manifest.yaml")
    watched = [sys.executable, str(HERE / "instrumented.py"), str(list_path), str(manifest)]
    told = json.loads(timed(watched, environment).output)
    check(told["receipt"], rows)
    changed = folder / "changed"
    shutil.copytree(POLICIES, changed)
    house = changed / "house.yaml"
    house.write_text(house.read_text(encoding="utf-8").replace("older_than: 12 months", "older_than: 6 months"))
    replay = [sys.executable, "-m", "gateway", "replay", "--json"]
    recorded = timed([*replay, "--as", "recorded"], environment)
    again = timed([*replay, "--policies", str(changed)], environment)
    found = json.loads(again.output)
    if json.loads(recorded.output)["differences"] or found["leads"] != rows or not found["flipped"]:
        sys.exit(f"the replays are not right: {recorded.output}{again.output[:2000]}")
    print(f"{rows:,} rows in {found['cases']:,} distinct cases; {found['flipped']:,} flip under the changed pack\n")
    return {
        "policy_share_percent": round(100 * sum(told["spent"].values()) / told["seconds"], 2),
        "policy_decide_seconds": round(told["spent"]["decide"], 3),
        "policy_read_seconds": round(told["spent"]["read"], 3),
        "policy_keep_seconds": round(told["spent"]["keep"], 3),
        "history_import_seconds": round(told["seconds"], 3),
        "history_distinct_cases": found["cases"],
        "replay_as_recorded_seconds": round(recorded.seconds, 3),
        "replay_changed_seconds": round(again.seconds, 3),
    }
