import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.exports.hashlists import Row, Shape, UnreadableError, read, written

NOTES = some.none() | some.text(
    some.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=20
)
ROWS = some.builds(
    Row,
    some.sampled_from(["pdq", "video_md5", "sha256"]),
    some.binary(min_size=1, max_size=9).map(bytes.hex),
    NOTES,
)


@given(some.lists(ROWS), some.sampled_from([Shape.CSV, Shape.JSON]))
def test_a_list_is_read_as_it_was_written(rows: list[Row], shape: Shape) -> None:
    assert read("".join(written(rows, shape, name="a, bank")), shape) == rows


def test_lines_are_read_as_they_were_written_but_for_their_notes() -> None:
    rows = [Row("pdq", "ab", "note"), Row("vpdq", '["cd,50,1.000", "ef,50,2.000"]')]

    text = "".join(written(rows, Shape.TEXT, name="b"))

    assert text == 'pdq ab\nvpdq ["cd,50,1.000", "ef,50,2.000"]\n'
    assert read(text + "\n\n", Shape.TEXT) == [Row("pdq", "ab"), rows[1]]


def test_csv_is_what_threatexchange_prints() -> None:
    assert "".join(written([Row("pdq", "ab", "x y")], Shape.CSV, name="b")) == (
        "collab,signal_type,signal_str,category,tags\nb,pdq,ab,POSITIVE_CLASS,x y\n"
    )


@pytest.mark.parametrize("note", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(note: str) -> None:
    text = "".join(written([Row("pdq", "ab", note)], Shape.CSV, name=note))

    cells = [cell.strip('"') for line in text.splitlines()[1:] for cell in line.split(",")]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)


@pytest.mark.parametrize(
    ("text", "shape", "where"),
    [
        ("", Shape.CSV, "first line"),
        ("a,b\n1,2\n", Shape.CSV, "first line"),
        ("type,value\npdq,ab\npdq\n", Shape.CSV, "line 3"),
        ("pdq ab\npdq\n", Shape.TEXT, "line 2"),
        ("{}", Shape.JSON, "no list"),
        ("[", Shape.JSON, "no JSON"),
        ('[{"type": "pdq"}]', Shape.JSON, "item 1"),
        ("[7]", Shape.JSON, "item 1"),
    ],
)
def test_what_cannot_be_read_is_said_where(text: str, shape: Shape, where: str) -> None:
    with pytest.raises(UnreadableError, match=where):
        read(text, shape)
