"""What the documents tell people to type must exist."""

import importlib.util
import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest
import typer

from api import cli
from tests.conftest import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changelog.d/*.md")])
INLINE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^ {4}(\S.*)$", re.MULTILINE)
WHEREFROM = re.compile(r"(?:^|\s)wherefrom ((?:--?)?[a-z][\w-]*)(.*)")
JUST = re.compile(r"(?:^|\s)just ([a-z][a-z-]*)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")
SCRIPT = re.compile(r"(?:^|\s)((?:\.ci|benchmarks)/[\w.]+)")


def typed() -> Iterator[tuple[str, str]]:
    """Yield the document's name and the line, of all that is set as code."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for line in [*INLINE.findall(text), *BLOCK.findall(text)]:
            yield str(document.relative_to(ROOT)), line


def calls() -> list[tuple[str, str, str]]:
    """Return document, command and the rest of the line, of every call of wherefrom."""
    found = {(name, call) for name, line in typed() for call in WHEREFROM.findall(line)}
    return sorted((name, command, rest) for name, (command, rest) in found)


def options() -> dict[str, set[str]]:
    """Return the options of every command by its name; those of `wherefrom` itself by "".

    A group of commands has those of all of them.
    """
    group = typer.main.get_command(cli.app)
    every = {"": group, **getattr(group, "commands", {})}
    below = {name: getattr(each, "commands", {}).values() for name, each in every.items() if name}
    return {
        name: {"--help"}.union(
            *(
                parameter.opts
                for each in (command, *below.get(name, ()))
                for parameter in each.params
            )
        )
        for name, command in every.items()
    }


def test_documents_show_commands() -> None:
    assert len(calls()) > 20


@pytest.mark.parametrize(("document", "command", "rest"), calls())
def test_shown_commands_and_their_options_exist(document: str, command: str, rest: str) -> None:
    known = options()
    name = "" if command.startswith("-") else command

    assert name in known, f"{document} shows `wherefrom {command}`"
    shown = OPTION.findall(command if name == "" else rest)
    assert [one for one in shown if one not in known[name]] == [], document


def test_shown_recipes_exist(root: Path) -> None:
    recipes = set(
        re.findall(r"^([a-z][a-z-]*)[^:=\n]*:(?!=)", (root / "justfile").read_text(), re.MULTILINE)
    )
    shown = {found.group(1) for _, line in typed() if (found := JUST.search(line))}

    assert shown - recipes == set()


def test_shown_scripts_exist(root: Path) -> None:
    shown = {path for _, line in typed() for path in SCRIPT.findall(line)}

    assert sorted(path for path in shown if not (root / path).exists()) == []


def test_every_page_is_listed(root: Path) -> None:
    listed = (root / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(root / "docs") for path in (root / "docs").glob("**/*.md")]

    assert [
        str(page) for page in pages if f"({page})" not in listed and page.name != "README.md"
    ] == []


def test_pictures_are_small_enough_for_a_page(root: Path) -> None:
    pictures = list((root / "docs" / "pictures").glob("*.png"))

    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []


def test_every_shown_picture_is_there(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r'src(?:set)?="([^"]+)"', readme)

    assert shown
    assert [path for path in shown if not (root / path).is_file()] == []


def test_pictures_without_a_browser_are_refused_in_one_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = loaded(root / ".ci" / "pictures")
    monkeypatch.setattr(script, "browser", lambda: None)

    code = script.main()

    assert code == 1
    assert capsys.readouterr().err == (
        "No browser was found to take pictures with: install Chromium.\n"
    )


def loaded(path: Path) -> ModuleType:
    loader = SourceFileLoader(path.name, str(path))
    spec = importlib.util.spec_from_loader(path.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
