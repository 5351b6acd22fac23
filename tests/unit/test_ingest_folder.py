import os
from datetime import date
from pathlib import Path

import pytest

from briefs.brief import Brief, Document, Problem, Severity
from briefs.config import Limits
from briefs.errors import ExitCode, InputError
from briefs.ingest import FolderSource, NullSource, ingest

BRIEF = Brief(name="b", title="B", date=date(2026, 3, 5))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (
        "b.txt",
        "a.txt",
        "sub/c.md",
        "sub/deep/d.htm",
        "a/z.txt",
        ".hidden.txt",
        ".git/e.txt",
        "x.csv",
        "~$w.docx",
    ):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Text of {name}.", encoding="utf-8")
    return tmp_path


def items(*paths, **limits):
    return list(FolderSource(paths, Limits(**limits)).documents())


def sources(*paths, **limits):
    found = items(*paths, **limits)
    assert all(isinstance(item, Document) for item in found), found
    return [item.source for item in found]


ALL = ["in/a/z.txt", "in/a.txt", "in/b.txt", "in/sub/c.md", "in/sub/deep/d.htm"]


def test_folder_is_read_in_order_without_hidden_and_other_files(folder):
    assert sources("in") == ALL
    assert sources(Path("in/")) == ALL


def test_source_is_as_given(folder):
    assert sources(folder / "in/sub")[0] == (folder / "in/sub/c.md").as_posix()


def test_order_does_not_depend_on_the_file_system(folder, monkeypatch):
    real = os.scandir

    class Reversed:
        def __init__(self, path):
            self.entries = sorted(real(path), key=lambda entry: entry.name, reverse=True)

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(os, "scandir", Reversed)
    assert sources("in") == ALL


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("in/*.txt", ["in/a.txt", "in/b.txt"]),
        ("in/[b-z]*", ["in/b.txt", "in/sub/c.md", "in/sub/deep/d.htm"]),
        ("in/**/*.htm", ["in/sub/deep/d.htm"]),
        ("i?/sub/*", ["in/sub/c.md", "in/sub/deep/d.htm"]),
        ("in/**", ["in/a/z.txt", "in/a.txt", "in/b.txt", "in/sub/c.md", "in/sub/deep/d.htm"]),
    ],
)
def test_patterns(folder, pattern, expected):
    assert sorted(sources(pattern)) == sorted(expected)
    assert sources(pattern) == sources(pattern)


def test_a_file_whose_name_looks_like_a_pattern(folder):
    (folder / "in/a[1].txt").write_text("One.", encoding="utf-8")
    assert sources("in/a[1].txt") == ["in/a[1].txt"]


def test_a_pattern_or_folder_with_nothing_to_read_is_a_warning(folder):
    (folder / "empty").mkdir()
    for given in ("in/*.pdf", "empty", "nowhere/*.txt"):
        (problem,) = items(given)
        assert (problem.source, problem.severity) == (given, Severity.WARNING)


def test_a_path_that_does_not_exist(folder):
    (problem,) = items("in/nothing.txt")
    assert (problem.source, problem.severity) == ("in/nothing.txt", Severity.ERROR)
    assert "no such file" in problem.message


@pytest.mark.parametrize(("name", "hint"), [("x.csv", ".docx"), ("x.doc", "save it as .docx"), ("README", ".txt")])
def test_a_named_file_of_another_kind(folder, name, hint):
    (folder / name).write_text("x", encoding="utf-8")
    (problem,) = items(name)
    assert problem.severity is Severity.ERROR
    assert hint in problem.hint


def test_the_same_file_by_two_paths_is_one_document(folder):
    assert sources("in/b.txt", "in", "in/*.txt") == ["in/b.txt", "in/a/z.txt", *(s for s in ALL[1:] if s != "in/b.txt")]


def test_links_out_of_the_folder_are_not_followed(folder):
    (folder / "secret.txt").write_text("Secret.", encoding="utf-8")
    (folder / "in/link.txt").symlink_to(folder / "secret.txt")
    (folder / "in/up").symlink_to(folder)
    (folder / "in/loop").symlink_to(folder / "in")
    (folder / "in/inside.txt").symlink_to("b.txt")
    found = items("in")
    assert [item.source for item in found if isinstance(item, Document)] == ALL
    problems = [item for item in found if isinstance(item, Problem)]
    assert [problem.source for problem in problems] == ["in/link.txt", "in/up"]
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert [item.source for item in items("in/*k.txt", "in/up/*") if isinstance(item, Document)] != ["in/link.txt"]


def test_a_broken_link_is_a_problem_when_named(folder):
    (folder / "gone.txt").symlink_to("nowhere.txt")
    (problem,) = items("gone.txt")
    assert problem.severity is Severity.ERROR


def test_more_files_than_the_limit(folder):
    *documents, problem = items("in", files=2)
    assert [document.source for document in documents] == ALL[:2]
    assert problem.severity is Severity.WARNING
    assert "3 were left out" in problem.message


def test_no_permission(folder, monkeypatch):
    def refuse(self, *_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = items("in/a.txt")
    assert "permission" in problem.message


def test_no_permission_on_disk(folder):
    folder.chmod(0o755)
    (folder / "in/a.txt").chmod(0)
    (folder / "in/sub").chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)  # root reads everything
    try:
        problems = [item for item in items("in") if isinstance(item, Problem)]
    finally:
        if root:
            os.seteuid(0)
        (folder / "in/sub").chmod(0o700)
    assert [problem.source for problem in problems] == ["in/a.txt", "in/sub"]


def test_a_pipe_does_not_hang(folder):
    os.mkfifo(folder / "p.txt")
    (problem,) = items("p.txt")
    assert "no regular file" in problem.message


def test_a_name_that_is_no_unicode_can_be_shown(folder):
    (folder / "n").mkdir()
    Path(os.fsdecode(os.fsencode(folder / "n") + b"/\xff.txt")).write_text("Text.", encoding="utf-8")
    (source,) = sources("n")
    assert source.encode() == "n/\ufffd.txt".encode()


def test_stage_keeps_the_first_of_equal_texts(folder):
    (folder / "in/copy.txt").write_text("Text of b.txt.", encoding="utf-8")
    (folder / "in/sub/mark.txt").write_text("Text of b.txt.", encoding="utf-8-sig")
    brief = ingest(BRIEF, FolderSource(["in"], Limits()))
    assert [document.source for document in brief.documents] == ALL
    assert [problem.source for problem in brief.problems] == ["in/copy.txt", "in/sub/mark.txt"]
    assert all(problem.severity is Severity.WARNING and "in/b.txt" in problem.message for problem in brief.problems)
    assert ("same file" in brief.problems[0].message, "same text" in brief.problems[1].message) == (True, True)


def test_stage_keeps_earlier_problems_and_the_same_bytes_each_time(folder):
    earlier = Problem(source="x", stage="config", message="m")
    source = FolderSource(["in"], Limits())
    first, second = (ingest(Brief(name="b", title="B", date=BRIEF.date, problems=(earlier,)), source) for _ in range(2))
    assert first.problems == (earlier,)
    assert first.to_json() == second.to_json()


def test_nothing_to_read_ends_the_run(folder):
    (folder / "in/empty.txt").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        ingest(BRIEF, FolderSource(["in/empty.txt", "gone"], Limits()))
    assert caught.value.exit_code is ExitCode.NOTHING_TO_READ
    assert "in/empty.txt, gone" in caught.value.message
    assert "empty file (and 1 more)" in caught.value.message
    assert ".docx" in caught.value.hint


def test_null_source_is_nothing_to_read():
    with pytest.raises(InputError):
        ingest(BRIEF, NullSource())
    with pytest.raises(InputError):
        ingest(BRIEF, FolderSource([], Limits()))
