"""Small class files, and the real jar against what the pipeline's own code makes of it."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

from variantspark_pipeline.engine.class_file import MalformedClassFile, parse_class_file
from variantspark_pipeline.engine.local_engine import _shipped_jar
from variantspark_pipeline.engine.retag_jar import retag_jar

INVOKE_STATIC, INVOKE_SPECIAL, INVOKE_VIRTUAL = 6, 7, 5
REFERENCE_JAR = os.environ.get("VARIANTSPARK_RETAGGED_JAR", "")


def class_file(
    name: str, owner: str = "I", *, kind: int = INVOKE_STATIC, version: int = 52, interface: bool = False, tag: int = 10
) -> bytes:
    """A class with one method handle to a member of `owner`."""
    pool = [
        utf8(name), b"\x07" + u2(1),                     # 1, 2: the class itself
        b"\x05" + bytes(8),                             # 3, 4: a long takes two indices
        utf8(owner), b"\x07" + u2(5),                    # 5, 6: the owner
        utf8("$anonfun"), utf8("()V"), b"\x0c" + u2(7) + u2(8),
        bytes([tag]) + u2(6) + u2(9),                   # 10: the member
        b"\x0f" + bytes([kind]) + u2(10),
    ]  # fmt: skip
    head = b"\xca\xfe\xba\xbe" + u2(0) + u2(version) + u2(len(pool) + 2)
    return head + b"".join(pool) + u2(0x0600 if interface else 0x0020) + u2(2) + bytes(10)


def jar_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def contents(jar: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(jar)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def utf8(text: str) -> bytes:
    return b"\x01" + u2(len(text)) + text.encode()


def u2(value: int) -> bytes:
    return struct.pack(">H", value)


@pytest.mark.parametrize(
    ("case", "content", "retagged"),
    [
        ("a static member of an interface", class_file("C"), 1),
        ("a special member of an interface", class_file("C", kind=INVOKE_SPECIAL), 1),
        ("a virtual member", class_file("C", kind=INVOKE_VIRTUAL), 0),
        ("an owner that is a class", class_file("C", owner="D"), 0),
        ("an owner outside of the jar", class_file("C", owner="elsewhere/I"), 0),
        ("a file older than Java 8", class_file("C", version=51), 0),
        ("a tag that is right", class_file("C", tag=11), 0),
    ],
)
def test_only_wrong_handles_are_retagged(case: str, content: bytes, retagged: int) -> None:
    files = {
        "I.class": class_file("I", "x", interface=True),
        "C.class": content,
        "D.class": class_file("D", "x"),
        "notes": b"as it was",
    }
    jar, count = retag_jar(jar_of(files))
    assert count == retagged, case
    after = contents(jar)
    changed = [i for i, (old, new) in enumerate(zip(content, after["C.class"], strict=True)) if old != new]
    assert [content[i] for i in changed] == [10] * retagged
    assert [after["C.class"][i] for i in changed] == [11] * retagged
    assert {name: after[name] for name in files if name != "C.class"} == {
        name: files[name] for name in files if name != "C.class"
    }


def test_a_jar_that_needs_nothing_comes_back_as_the_very_same_bytes() -> None:
    jar = retag_jar(jar_of({"I.class": class_file("I", "x", interface=True), "C.class": class_file("C")}))[0]
    assert retag_jar(jar) == (jar, 0)


@pytest.mark.parametrize("length", range(0, len(class_file("C")) - 10, 7))
def test_a_class_file_that_is_cut_anywhere_is_told_from_a_whole_one(length: int) -> None:
    with pytest.raises(MalformedClassFile):
        parse_class_file(class_file("C")[:length])


def test_what_is_no_jar_is_said_to_be_none() -> None:
    with pytest.raises(zipfile.BadZipFile):
        retag_jar(b"not a jar")


@pytest.mark.skipif(not REFERENCE_JAR, reason="npm run test:notebook names the pipeline's own retagged jar")
def test_the_real_jar_is_what_the_pipeline_makes_of_it_and_nothing_but_210_tags_differs_from_the_shipped_one() -> None:
    shipped, reference = _shipped_jar().read_bytes(), Path(REFERENCE_JAR).read_bytes()
    jar, count = retag_jar(shipped)
    assert count == 210
    before, after = contents(shipped), contents(jar)
    assert len(after) > 10_000
    # Every file is the same byte for byte; how 47 of them are packed depends on the zlib at hand.
    assert after == contents(reference)
    assert _directory(jar) == _directory(reference)
    differing = [name for name in before if before[name] != after[name]]
    assert len(differing) == 47
    assert sum(old != new for name in differing for old, new in zip(before[name], after[name], strict=True)) == 210


def _directory(jar: bytes) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(io.BytesIO(jar)) as archive:
        return [
            (e.filename, e.date_time, e.compress_type, e.create_system, e.create_version, e.extract_version,
             e.flag_bits, e.external_attr, e.internal_attr, e.extra, e.comment, e.CRC, e.file_size)
            for e in archive.infolist()
        ]  # fmt: skip
