"""Whatever a platform's address is sent, with a proof that fits: no 5xx, and every lead ends as exactly one outcome."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from builders import FORM as OURS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platform_posts import FOLDER, FORM, POSTS, WEBHOOK, Sender
from sqlalchemy import func, select
from web import make_web

from gateway.db.engine import open_engine
from gateway.domain.problem import CallerError
from gateway.intake.forms import Source
from gateway.intake.platforms.call import object_of
from gateway.intake.platforms.leads import to_batch
from gateway.intake.platforms.meta import came_of
from gateway.intake.signups import Evidence
from gateway.outcomes.tables import leads

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NASTY = [
    "", " ", "\x00", "\ud800", "\ufeff", "=1+1", "<script>alert(1)</script>", "a@b@c", "@", "x" * 5_000, "1e999", "NaN",
    "{{7*7}}", "a\r\nBcc: x@example.com", "٣", "+", "on", "1", "true", "TeSter-", "0000-00-00", "99999999999999999999",
    "<test lead: dummy data for email>", "Ann <ann@example.com>", "a@example.com, b@example.com", "9" * 400,
]  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(NASTY)
    | st.integers(min_value=10**18, max_value=10**30) | st.emails()
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
JSON_POSTS = [post for post in (*POSTS, WEBHOOK) if post.content_type == "application/json"]
FORM_POSTS = [post for post in POSTS if "urlencoded" in post.content_type]
JOTFORM = next(post for post in POSTS if post.platform == "jotform")
STRICT = settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))


class Still:
    def now(self):
        return NOON


@pytest.fixture(scope="module")
def sender(databases, tmp_path_factory):
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    made = Sender(make_web(engine, Still(), tmp_path_factory.mktemp("payloads")))
    made.open()
    yield made
    assert {lead.outcome for lead in made.web.leads()} <= {"prospect", "hold", "rejection"}
    engine.dispose()
    databases.drop(url)


def places(document, path=()):
    """Every place of a document, the whole first."""
    yield path
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inner:
        yield from places(value, (*path, key))


def put(document, path, value):
    """The document with another value at a place; nothing there at all for the value ``...``."""
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    if len(path) == 1 and value is ...:
        del copy[path[0]]
    else:
        copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy


def as_bytes(document):
    return json.dumps(document).encode()


NUMBERS = (b"CjwKEXAMPLE-lead-0001", b"x71for1wr6irs2rx71fotn12b3izh250", b"26635027")
"""Of samples: each post gets one of its own, or all but the first would be answered from memory."""


def counted(sender):
    with sender.web.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(leads)).scalar_one()


def answered(sender, post, body):
    for number in NUMBERS:
        body = body.replace(number, b"%d" % next(sender.numbers))
    before = counted(sender)
    answer = sender.post(post, body)
    assert answer.status_code < 500, answer.text
    assert counted(sender) - before in {0, 1}
    return answer


WRONG = [None, True, 7, "", [], ["x", None], {}, {"a": {"b": []}}, [{}], ...]


@pytest.mark.parametrize("post", JSON_POSTS, ids=lambda post: post.file)
@pytest.mark.parametrize("part", ["two", pytest.param("all", marks=pytest.mark.slow)])
def test_every_place_of_a_sample_with_every_wrong_type(sender, post, part):
    """Two types at each place, in turn; all of them in make soak."""
    document = json.loads(post.body)
    kept = {"google_key"}  # with another key there would be nothing to see
    for number, path in enumerate(places(document)):
        if kept.isdisjoint(path):
            wrongs = WRONG if path else WRONG[:-1]
            for wrong in wrongs if part == "all" else wrongs[number % 5 :: 5]:
                answered(sender, post, as_bytes(put(document, path, wrong)))


@pytest.mark.parametrize("post", JSON_POSTS, ids=lambda post: post.file)
def test_samples_with_anything_in_any_place(sender, post):
    document = json.loads(post.body)
    paths = [path for path in places(document) if path and "google_key" not in path]

    @STRICT
    @given(st.lists(st.tuples(st.sampled_from(paths), VALUES), min_size=1, max_size=3))
    def change(changes):
        changed = document
        for path, value in changes:
            try:
                changed = put(changed, path, value)
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took the place away
        answered(sender, post, as_bytes(changed))

    change()


@pytest.mark.parametrize("post", JSON_POSTS, ids=lambda post: post.file)
def test_any_json_and_any_bytes(sender, post):
    @STRICT
    @given(VALUES.map(as_bytes) | st.binary(max_size=200))
    def change(body):
        answered(sender, post, body)

    change()


@pytest.mark.parametrize("post", FORM_POSTS, ids=lambda post: post.file)
def test_forms_with_anything_in_any_field(sender, post):
    pairs = parse_qsl(post.body.decode(), keep_blank_values=True)
    texts = st.sampled_from(NASTY) | st.text(max_size=40)
    names = st.sampled_from([name for name, _ in pairs]) | st.text(max_size=30) | st.sampled_from(
        ["fields[][value]", "fields[x][type]", "fields[[]]", "fields[a][value][b]", "meta[remote_ip][value]", "email"]
    )  # fmt: skip

    @STRICT
    @given(st.lists(st.tuples(names, texts), max_size=6), st.sets(st.integers(0, len(pairs) - 1), max_size=3))
    def change(more, gone):
        kept = [pair for place, pair in enumerate(pairs) if place not in gone]
        body = urlencode([*kept, *more], errors="surrogatepass").encode()
        answered(sender, post, body)

    change()


def test_jotforms_text_with_anything_inside(sender):
    head = b'--X\nContent-Disposition: form-data; name="rawRequest"\n\n'
    names = st.sampled_from(["q1_email", "q2_fullName", "q3_marketingConsent", "q4_date", "q5_", "slug", "q6_phone"])
    parts = ("first", "last", "full", "year", "month", "day", "area", "phone", "city")
    shapes = st.fixed_dictionaries({}, optional=dict.fromkeys(parts, SCALARS))

    @STRICT
    @given(st.dictionaries(names, VALUES | shapes | st.lists(SCALARS, max_size=4), max_size=5) | VALUES)
    def change(answers):
        answered(sender, JOTFORM, head + as_bytes(answers) + b"\n--X--\n")

    change()


@pytest.mark.parametrize("deep", [50, 5_000, 200_000])
@pytest.mark.parametrize("post", JSON_POSTS, ids=lambda post: post.file)
def test_a_tower_of_brackets_is_refused(sender, post, deep):
    body = b'{"fields": ' + b"[" * deep + b"]" * deep + b"}"
    assert answered(sender, post, body).status_code in {400, 403}


def test_a_body_of_many_fields_is_read_in_a_moment(sender):
    post = next(post for post in JSON_POSTS if post.platform == "leadconduit")
    body = as_bytes({f"field {number}": f"{number}@" for number in range(20_000)})
    assert answered(sender, post, body).status_code == 201


def test_what_the_graph_api_says_may_be_anything(sender):
    document = json.loads((FOLDER / "meta-lead.json").read_text())
    source = Source("lead", "Lead ads", OURS, form=FORM)
    paths = [path for path in places(document) if path]

    @STRICT
    @given(st.sampled_from(paths), VALUES)
    def change(path, value):
        try:
            lead = object_of(json.dumps(put(document, path, value)))
        except CallerError:
            return  # text that nobody can keep
        came = came_of(lead)
        batch = to_batch(came, source, "meta", Evidence(NOON, None, None), {}).batch
        assert len(batch) == 1

    change()
