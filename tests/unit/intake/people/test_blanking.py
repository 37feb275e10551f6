"""A person's rows are blanked in files of every encoding and shape; every other byte and every number stays."""

import pytest
from builders import SECRET
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.address import MatchKeys
from gateway.intake.encodings import ENCODINGS
from gateway.intake.people.blanking import blank
from gateway.intake.readers import inspect, read_records
from gateway.intake.readers.places import place_records
from gateway.person.who import Who

KEYS = MatchKeys(SECRET.encode())
ADDRESS = "ana.lee@example.com"


def who(*, spelt=True):
    one = Who.of(ADDRESS, KEYS)
    return one if spelt else Who(one.key, KEYS)


def looked(path, encoding=None):
    return inspect(path, name=path.name, manifest=None, encoding=encoding)


def places(path, found):
    from mmap import ACCESS_READ, mmap

    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return list(place_records(data, found))


@pytest.mark.parametrize("spelt", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_in_every_encoding_the_row_is_blank_and_the_others_stand(tmp_path, encoding, end, spelt):
    path = tmp_path / "list.csv"
    rows = ["email,first_name", "bob@example.org,Bob", f"{ADDRESS.upper()},Zenobia", "cy@example.net,Cy"]
    path.write_bytes((end.join(rows) + end).encode(encoding))
    found = looked(path, encoding)
    before, size = list(read_records(path, found)), path.stat().st_size
    assert blank(path, found, who(spelt=spelt), ()) == 1
    after = list(read_records(path, found))
    assert path.stat().st_size == size
    assert [one for one in after if one[2] is None] == [one for one in before if one[0] != 3]
    assert [(number, problem) for number, _, problem in after if problem] == [(3, "empty")]
    assert blank(path, found, who(spelt=spelt), ()) == 0


def test_a_record_of_several_lines_stays_one_record(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f'email,note\n{ADDRESS},"one\ntwo\n\nZenobia"\nbob@example.org,"x\ny"\n', newline="")
    found = looked(path)
    assert blank(path, found, who(), ()) == 1
    assert "Zenobia" not in path.read_text()
    assert [(number, cells, problem) for number, cells, problem in read_records(path, found)][1] == (
        3, ["bob@example.org", "x\ny"], None,
    )  # fmt: skip


def test_by_number_a_row_goes_that_names_nobody(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("email,name\nana lee at example com,Zenobia\nbob@example.org,Bob\n", "utf-8", newline="")
    found = looked(path)
    assert blank(path, found, who(), {2}) == 1
    assert path.read_text("utf-8").endswith("\nbob@example.org,Bob\n")
    assert "Zenobia" not in path.read_text("utf-8")


def test_somebody_else_s_row_loses_the_address_alone(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"email,note\nbob@example.org,told by {ADDRESS} once\n", newline="")
    found = looked(path)
    assert blank(path, found, who(), ()) == 1
    assert path.read_text() == f"email,note\nbob@example.org,told by {' ' * len(ADDRESS)} once\n"


def test_a_further_column_of_addresses_makes_the_row_theirs(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"email,email 2,name\nbob@example.org,{ADDRESS},Zenobia\ncy@example.net,,Cy\n", newline="")
    found = looked(path)
    assert blank(path, found, who(), ()) == 1
    assert "Zenobia" not in path.read_text()


def test_a_file_without_the_person_is_not_touched(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("email\njoana.lee@example.com\n", newline="")
    found, at = looked(path), path.stat().st_mtime_ns
    assert blank(path, found, who(), ()) == 0
    assert path.stat().st_mtime_ns == at
    assert blank(tmp_path / "gone.csv", found, who(), {1}) == 0


cell = st.text(st.sampled_from('ab ,;"\n\r\té\u2028x@.'), max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(cell, min_size=1, max_size=3).map(",".join), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
)
def test_records_lie_where_the_reader_counts_them(tmp_path_factory, rows, end):
    """Whatever the quotes do: as many records, with the same numbers, and their bytes make up the file."""
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes(("email,a,b" + end + "bob@example.org,x,y" + end + end.join(rows)).encode())
    found = looked(path)
    placed = places(path, found)
    assert [one.number for one in placed][found.first_row - 1 :] == [number for number, *_ in read_records(path, found)]
    data = path.read_bytes()[found.mark :]
    assert b"".join(path.read_bytes()[line.start : line.end] for one in placed for line in one.lines) == data
