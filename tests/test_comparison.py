"""What differs between two lists."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from catalogs.comparison import as_json, compare


@dataclass(frozen=True)
class Item:
    position: int
    certificate_type_id: int
    name: str = "农民身份证明"
    matter: str = "设立登记"
    legal_basis: str = "《登记条例》第八条"
    purpose: str = "证明身份"
    requesting_unit: str = "市场监管部门"


def test_rows_are_added_removed_and_changed() -> None:
    old = [Item(1, 1), Item(2, 2, "甲证明"), Item(3, 3, "乙证明", legal_basis="《旧法》第一条")]
    new = [Item(1, 3, "乙证明", legal_basis="《新法》第一条"), Item(2, 1), Item(3, 4, "丙证明")]
    found = compare(old, new)
    assert [row.name for row in found.added] == ["丙证明"]
    assert [row.name for row in found.removed] == ["甲证明"]
    assert found.same == 1
    [change] = found.changed
    [cell] = change.cells
    assert (cell.label, cell.old, cell.new) == ("法律法规依据", "《旧法》第一条", "《新法》第一条")
    assert [(piece.text, piece.kind) for piece in cell.pieces] == [
        ("《", "same"), ("旧", "gone"), ("新", "new"), ("法》第一条", "same"),
    ]  # fmt: skip
    assert as_json(found)["changed"][0]["cells"] == {
        "legal_basis": {"old": "《旧法》第一条", "new": "《新法》第一条"}
    }


def test_a_reworded_matter_is_a_change() -> None:
    found = compare([Item(1, 1, matter="设立登记")], [Item(1, 1, matter="合作社设立登记")])
    assert not found.added
    assert found.changed[0].cells[0].field == "matter"


def test_one_certificate_for_two_matters_is_paired_by_matter() -> None:
    old = [Item(1, 1, matter="甲"), Item(2, 1, matter="乙")]
    assert compare(old, list(reversed(old))).is_empty


rows = st.lists(
    st.builds(
        Item,
        st.integers(1, 50),
        st.integers(1, 5),
        matter=st.sampled_from("甲乙丙"),
        purpose=st.text(max_size=3),
    ),
    max_size=8,
)


@given(rows, rows)
def test_every_row_is_accounted_for_once(old: list[Item], new: list[Item]) -> None:
    found = compare(old, new)
    assert found.same + len(found.changed) + len(found.added) == len(new)
    assert found.same + len(found.changed) + len(found.removed) == len(old)
    assert compare(old, old).is_empty


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_pieces_give_back_both_cells(old: str, new: str) -> None:
    found = compare([Item(1, 1, purpose=old)], [Item(1, 1, purpose=new)])
    for change in found.changed:
        pieces = change.cells[0].pieces
        assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
        assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new
