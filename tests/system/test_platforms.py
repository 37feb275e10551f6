"""Platforms set from the command line: which address to give away, and no secret shown or kept in the open."""

import json


def test_a_platform_is_set_and_its_address_told_once(house, tmp_path):
    house.run("sources", "add", "lead", "--title", "Lead ads")
    file = tmp_path / "key"
    file.write_text("shared-secret-set-in-the-form\n", encoding="utf-8")
    told = house.run("sources", "platform", "lead", "google-ads", "--secret-file", f"key={file}")
    assert told.strip().endswith("/v1/sources/lead/google-ads")
    assert "shared-secret" not in told
    first = house.run("sources", "platform", "lead", "jotform")
    token = first.split("/v1/sources/lead/jotform/")[1].split()[0]
    assert len(token) >= 32
    again = house.run("sources", "platform", "lead", "jotform")
    assert token not in again
    assert "--new-address" in again
    made = house.json("sources", "platform", "lead", "hubspot", "--new-address")
    assert made["url"].split("/")[-2] == "hubspot"
    assert house.run("sources", "platform", "lead", "jotform", "--remove").strip() == "Removed."
    assert house.json("sources", "fetches") == {"fetches": []}


def test_a_secret_on_the_command_line_is_refused_and_not_repeated(house):
    house.run("sources", "add", "lead", "--title", "Lead ads")
    typeform = ("sources", "platform", "lead", "typeform", "--json")
    told = json.loads(house.run(*typeform, "--set", "secret=hush-hush", check=2))
    assert [problem["code"] for problem in told["problems"]] == ["secret_in_the_open"]
    assert "hush" not in json.dumps(told)
    told = json.loads(house.run(*typeform, "--secret-env", "secret=NOT_THERE", check=2))
    assert [problem["code"] for problem in told["problems"]] == ["not_set"]
