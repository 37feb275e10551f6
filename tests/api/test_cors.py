"""Which scripts may read our answers: those of a form's own origins, and no other."""

from gateway.intake.forms import Form
from gateway.intake.guard import stranger

SITE = "https://www.example.com"
SHOP = "https://shop.example.com"
FOREIGN = "https://evil.example.net"
BODY = {"email": "ana@example.com", "source": "demo", "consent": {"ticked": True}}


def post(web, origin, **fields):
    return web.client.post("/v1/signups", json={**BODY, **fields}, headers={"Origin": origin})


def allowed(response):
    return response.headers.get("Access-Control-Allow-Origin")


def test_a_script_of_the_forms_own_site_may_read_the_answer(small_web):
    response = post(small_web, SITE)
    assert allowed(response) == SITE
    assert "Origin" in response.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_a_script_of_the_forms_own_site_may_read_its_problems(small_web):
    assert allowed(post(small_web, SITE, email="x")) == SITE


def test_a_script_of_another_site_may_not(small_web):
    assert allowed(post(small_web, FOREIGN)) is None
    assert allowed(post(small_web, "null")) is None


def test_a_script_of_another_forms_site_may_not(small_web):
    small_web.source("shop", origins=(SHOP,))
    assert allowed(post(small_web, SHOP)) is None
    assert allowed(post(small_web, SHOP, source="shop")) == SHOP


def test_the_answer_varies_by_origin_even_without_one(small_web):
    assert "Origin" in small_web.client.post("/v1/signups", json=BODY).headers["Vary"]


def preflight(web, origin, path="/v1/signups"):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    return web.client.options(path, headers=headers)


def test_the_question_beforehand_is_answered_for_origins_of_published_forms(small_web):
    small_web.source("private", published=False, origins=(SHOP,))
    response = preflight(small_web, SITE)
    assert allowed(response) == SITE
    assert response.headers["Access-Control-Allow-Methods"] == "POST"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert "Authorization" not in response.headers["Access-Control-Allow-Headers"]
    assert allowed(preflight(small_web, SHOP)) is None
    assert allowed(preflight(small_web, FOREIGN)) is None


def test_nothing_else_is_open_to_scripts_of_other_sites(small_web):
    for path in ("/v1/lists", "/v1/prospects", "/v1/leads/lead_1", "/", "/openapi.json"):
        assert allowed(preflight(small_web, SITE, path)) is None
        assert allowed(small_web.client.get(path, headers={"Origin": SITE})) is None


def test_a_script_may_read_that_its_form_is_full_and_until_when(small_web):
    small_web.source("small", origins=(SITE,), form=Form(most_an_hour=1, proof="never"))
    assert post(small_web, SITE, source="small").status_code == 202
    for origin, may in ((SITE, SITE), (FOREIGN, None), (None, None)):
        full = post(small_web, origin, source="small") if origin else small_web.client.post(
            "/v1/signups", json={**BODY, "source": "small"})  # fmt: skip
        assert (full.status_code, allowed(full)) == (429, may)
        if may:
            assert "Retry-After" in full.headers["Access-Control-Expose-Headers"]


def test_a_script_may_read_that_its_network_is_too_busy_before_the_form_is_known(small_web, monkeypatch):
    monkeypatch.setattr(stranger, "NETWORK_MOST", 0)
    network = {"REMOTE_ADDR": "203.0.113.9"}
    for origin, may in ((SITE, SITE), (FOREIGN, None)):
        answer = small_web.client.post("/v1/signups", json=BODY, headers={"Origin": origin}, environ_base=network)
        assert (answer.status_code, allowed(answer)) == (429, may)
