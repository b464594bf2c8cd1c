"""Every word that people read has its Chinese, and the compiled catalogue is the newest."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
FLOORS = ("safety", "incidents", "risk", "notifications")
# Words of discipline inspection or of a ranking: never on a screen (the interface's glossary).
FORBIDDEN = (
    "失职",
    "线索",
    "追责对象",
    "嫌疑",
    "问题学校",
    "黑榜",
    "打卡",
    "积分",
    "排名倒数",
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")

needs_gettext = pytest.mark.skipif(
    shutil.which("msgfmt") is None, reason="gettext is not installed"
)


def compiled(path: Path) -> dict[object, str]:
    with path.open("rb") as stream:
        return dict(gettext.GNUTranslations(stream)._catalog)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def translations() -> dict[object, str]:
    return compiled(CATALOGUE.with_suffix(".mo"))


@needs_gettext
def test_the_compiled_catalogue_is_the_written_one(tmp_path, translations):
    fresh = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "--check", "-o", fresh, CATALOGUE], check=True, timeout=60)

    assert compiled(fresh) == translations


@needs_gettext
def test_every_word_in_the_code_is_translated(tmp_path):
    """Extract afresh as makemessages does, then compare with what is written."""
    template = tmp_path / "django.pot"
    _extract(template)
    merged = tmp_path / "merged.po"
    subprocess.run(
        ["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, CATALOGUE, template],
        check=True,
        timeout=120,
    )

    assert _messages("--untranslated", merged) == ""
    assert _messages("--only-fuzzy", CATALOGUE) == ""


def _extract(template: Path) -> None:
    """The words of python files and templates, in the way Django reads them."""
    from django.utils.translation import templatize  # noqa: PLC0415 - needs no settings elsewhere

    staged = template.parent / "staged"
    staged.mkdir()
    files: list[Path] = []
    for source in [*(ROOT / "templates").rglob("*"), *_in_floors("*.html"), *_in_floors("*.py")]:
        if not source.is_file() or source.suffix not in (".html", ".txt", ".py"):
            continue
        if source.suffix == ".py":
            files.append(source)
            continue
        copy = staged / f"{len(files):04d}-{source.name}.py"
        copy.write_text(templatize(source.read_text(), origin=str(source)))
        files.append(copy)
    listed = template.parent / "files"
    listed.write_text("\n".join(map(str, files)))
    keywords = [
        "gettext_noop",
        "gettext_lazy",
        "ngettext_lazy:1,2",
        "pgettext:1c,2",
        "npgettext:1c,2,3",
        "pgettext_lazy:1c,2",
    ]
    subprocess.run(
        [
            "xgettext",
            "--language=Python",
            "--from-code=UTF-8",
            f"--files-from={listed}",
            f"--output={template}",
            *(f"--keyword={word}" for word in keywords),
        ],
        check=True,
        timeout=120,
    )


def _in_floors(pattern: str) -> list[Path]:
    return [path for floor in FLOORS for path in (ROOT / floor).rglob(pattern)]


def _messages(which: str, catalogue: Path) -> str:
    done = subprocess.run(
        ["msgattrib", "--no-obsolete", "--no-wrap", which, catalogue],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return "\n".join(re.findall(r'^msgid "(?!")(.*)"$', done.stdout, re.MULTILINE))


def test_a_translation_keeps_the_placeholders(translations):
    wrong = [
        (key, text)
        for key, text in translations.items()
        if isinstance(key, str)
        and key
        and set(PLACEHOLDER.findall(key)) != set(PLACEHOLDER.findall(text))
    ]

    assert wrong == []


def test_no_screen_accuses_anybody(translations):
    """Catalogue, templates, rule books and scripts; the documents' own titles are quotations."""
    shown = {f"catalogue: {key}": text for key, text in translations.items() if key != ""}
    for place in (ROOT / "templates", ROOT / "safety" / "static" / "js"):
        shown |= {str(p): p.read_text() for p in place.rglob("*") if p.suffix in (".html", ".js")}
    shown |= {str(p): p.read_text() for p in _in_floors("*.toml")}

    found = [(where, word) for where, text in shown.items() for word in FORBIDDEN if word in text]

    assert found == []


def test_no_word_that_a_bureau_may_choose_is_written_into_the_catalogue(translations):
    """A bureau that says 初报 must not read 首报: such texts take the word from ``terms``."""
    assert [key for key, text in translations.items() if "首报" in text] == []


def test_words_are_marked_by_names_that_the_extraction_knows():
    """``gettext_lazy as lazy`` would hide a word from makemessages, and so from this file."""
    renamed = [
        str(path)
        for path in _in_floors("*.py")
        if re.search(r"gettext\w* as (?!_\b)\w+", path.read_text())
    ]

    assert renamed == []
