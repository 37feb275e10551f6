"""Our tree against pymerkle's, another implementation of RFC 6962."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from gateway.ledger.tree import EMPTY, Frontier, edges, inclusion_path, leaf_hash, node_hash, root_of_path

SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100]


def grown(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier


def entries(size):
    return [b"entry %d" % number for number in range(size)]


def test_the_empty_tree_has_the_root_of_rfc_6962():
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier().root() == EMPTY


def test_leaves_and_nodes_are_hashed_apart():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) != leaf_hash(left + right)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=40))
def test_roots_are_pymerkles_after_every_entry(data):
    oracle = InmemoryTree(algorithm="sha256")
    frontier = Frontier()
    for entry in data:
        oracle.append_entry(entry)
        frontier.append(leaf_hash(entry))
        assert frontier.root() == oracle.get_root()


@pytest.mark.parametrize("size", SIZES)
def test_every_entry_is_proven_and_pymerkle_takes_the_same_path(size):
    oracle = InmemoryTree.init_from_entries(entries(size), algorithm="sha256")
    leaves = [leaf_hash(entry) for entry in entries(size)]
    for index, leaf in enumerate(leaves):
        path = inclusion_path(leaves, index)
        assert root_of_path(leaf, index, size, path) == oracle.get_root()
        theirs = oracle.prove_inclusion(index + 1, size).serialize()["path"]  # theirs begins with the leaf itself
        assert sorted(theirs) == sorted(digest.hex() for digest in [leaf, *path])


@pytest.mark.parametrize("size", SIZES)
def test_a_path_proves_one_entry_at_one_place_only(size):
    leaves = [leaf_hash(entry) for entry in entries(size)]
    root = grown(leaves).root()
    for index in range(size):
        path = inclusion_path(leaves, index)
        assert root_of_path(leaf_hash(b"another"), index, size, path) != root
        for place, neighbour in enumerate(path):
            forged = [*path[:place], bytes([neighbour[0] ^ 1]) + neighbour[1:], *path[place + 1 :]]
            assert root_of_path(leaves[index], index, size, forged) != root
        with pytest.raises(ValueError, match="too long"):
            root_of_path(leaves[index], index, size, [*path, EMPTY])
        if path:
            with pytest.raises(ValueError, match="too short"):
                root_of_path(leaves[index], index, size, path[:-1])


@given(st.integers(1, 200))
def test_a_frontier_can_be_built_from_what_appending_gave_at_its_edges(size):
    frontier, given_back = Frontier(), {}
    for number, entry in enumerate(entries(size), 1):
        given_back[number] = frontier.append(leaf_hash(entry))
    again = Frontier(size, [given_back[number] for number in edges(size)])
    assert again.hashes == frontier.hashes
    assert edges(size)[-1] == size
    assert again.append(EMPTY) == frontier.append(EMPTY)
    assert again.root() == frontier.root()
