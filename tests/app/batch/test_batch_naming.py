import os
from dataclasses import replace

import pytest

from matting_studio.app.batch import Recipe, RecipeError
from matting_studio.app.batch.naming import check_template, name_results
from matting_studio.app.export_request import ExportKind

CUTOUT, ALPHA = ExportKind.CUTOUT, ExportKind.ALPHA


def named(photos, recipe=None, taken=(), earlier=None):
    naming = name_results(photos, recipe or Recipe(), taken, earlier or {})
    return {photo: dict(names) for photo, names in naming.names.items()}, naming.notices


def test_sub_folders_are_mirrored_and_every_kind_has_a_name():
    names, notices = named(["a.jpg", "x/y/b.png"], Recipe(what=(CUTOUT, ALPHA), suffix=".webp"))
    assert names["a.jpg"] == {CUTOUT: "a-cutout.webp", ALPHA: "a-alpha.webp"}
    assert names["x/y/b.png"] == {CUTOUT: "x/y/b-cutout.webp", ALPHA: "x/y/b-alpha.webp"}
    assert notices == ()


def test_templates():
    names, _ = named(["x/b.JPG"], Recipe(template="{what}/{folder}_{stem}.{suffix}"))
    assert names["x/b.JPG"] == {CUTOUT: "x/cutout/x_b.JPG.png"}


def test_one_stem_with_different_endings_gets_distinct_names_and_that_is_said():
    names, notices = named(["a.jpeg", "a.jpg", "a.png"])
    assert [each[CUTOUT] for each in names.values()] == ["a-cutout.png", "a_jpg-cutout.png", "a_png-cutout.png"]
    assert len(notices) == 2
    assert "a.jpg" in notices[0]
    assert "a_jpg-cutout.png" in notices[0]


def test_names_differ_by_more_than_capitals_and_ways_to_write_an_accent():
    photos = ["A.jpg", "a.jpg", "caf\u00e9.jpg", "cafe\u0301.jpg"]
    names, _ = named(photos)
    assert len({each[CUTOUT].casefold() for each in names.values()}) == 4
    assert names["cafe\u0301.jpg"][CUTOUT].endswith("_jpg-cutout.png")


def test_a_name_made_distinct_meets_no_other():
    names, _ = named(["a.jpg", "a.png", "a_png.jpg", "a_png.png"])
    assert len({each[CUTOUT] for each in names.values()}) == 4


def test_who_had_a_name_before_keeps_it():
    names, _ = named(["a.jpg", "a.png"], earlier={"a.png": {CUTOUT: "a-cutout.png"}})
    assert names == {"a.png": {CUTOUT: "a-cutout.png"}, "a.jpg": {CUTOUT: "a_jpg-cutout.png"}}


def test_names_of_photos_in_the_output_folder_are_taken():
    names, _ = named(["a.png"], Recipe(template="{stem}"), taken=["a.png"])
    assert names["a.png"] == {CUTOUT: "a_png.png"}


@pytest.mark.parametrize("template", ["{stem}/", "{stem}-{what}/{folder}"])
def test_a_name_that_is_an_ending_only_is_refused(template):
    with pytest.raises(RecipeError, match="would leave files without a name: put something after its last slash"):
        named(["deep.jpg"], Recipe(template=template))


@pytest.mark.parametrize("letter", ["x", "é", "字", "\udcff"])
def test_long_names_are_cut_and_stay_distinct(letter):
    bytes_each = len(os.fsencode(letter))
    longest = letter * (250 // bytes_each)
    photos = [f"{longest}1.jpg", f"{longest}2.jpg"]
    names, _ = named(photos, Recipe(what=(CUTOUT, ALPHA)))
    made = [path for each in names.values() for path in each.values()]
    assert len(set(made)) == 4
    assert all(len(os.fsencode(path)) <= 255 for path in made)
    assert all(path.endswith(("-cutout.png", "-alpha.png")) for path in made)


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{stem", "cannot be understood"),
        ("{stem}{date}", r"unknown field \{date\}"),
        ("{stem:.2}", r"\{stem\} in another form"),
        ("{stem!r}", r"\{stem\} in another form"),
        ("{what}", r"put \{stem\} into it"),
        ("", r"^The template is empty, so results would have no names: write one, such as \{stem\}-\{what\}\.$"),
        ("  ", "The template is empty"),
        ("../{stem}", "leads out of the output folder"),
        ("/tmp/{stem}", "leads out of the output folder"),
        ("{stem}\\{what}", "leads out of the output folder"),
        ("C:{stem}", "has : in it, which Windows takes in no name"),
        ("{stem}? *", r"has \* \? in it"),
        ("\\{stem}", "leads out of the output folder"),
        ("{folder}../{stem}", "leads out of the output folder"),
        (".matting-studio/{stem}", "where the journal lies"),
    ],
)
def test_templates_that_make_no_names(template, sentence):
    with pytest.raises(RecipeError, match=sentence):
        check_template(Recipe(template=template))


def test_several_kinds_need_several_names():
    recipe = Recipe(what=(CUTOUT, ALPHA), template="{stem}")
    with pytest.raises(RecipeError, match=r"put \{what\} into it"):
        check_template(recipe)
    check_template(replace(recipe, what=(CUTOUT,)))


def test_the_folder_may_begin_a_template():
    names, _ = named(["a.jpg", "sub/b.jpg"], Recipe(what=(CUTOUT,), template="{folder}/{stem}"))
    assert [each[CUTOUT] for each in names.values()] == ["a.png", "sub/sub/b.png"]
