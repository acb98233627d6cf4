"""Reads what retagging needs from a Java class file (JVMS §4.1, §4.4): its name, its version, whether it is an
interface, and the method handles of its constant pool with the place of the tag byte of the member that each refers
to."""

from __future__ import annotations

import struct
from dataclasses import dataclass


class MalformedClassFile(ValueError):
    """The bytes are not a well-formed class file."""


@dataclass(frozen=True)
class MethodHandle:
    #: 1 to 9 (JVMS §4.4.8); 6 is REF_invokeStatic, 7 REF_invokeSpecial.
    kind: int
    #: Tag of the entry referred to: 9 Fieldref, 10 Methodref, 11 InterfaceMethodref; and where it stands.
    reference_tag: int
    reference_tag_offset: int
    #: Internal name of the class that holds the member: b"scala/Function1".
    owner: bytes


@dataclass(frozen=True)
class ClassFile:
    name: bytes
    #: 52 is Java 8, 61 Java 17.
    major_version: int
    is_interface: bool
    method_handles: tuple[MethodHandle, ...]


def parse_class_file(content: bytes) -> ClassFile:
    """Raises MalformedClassFile."""
    try:
        return _parse(content)
    except (IndexError, struct.error) as error:
        raise MalformedClassFile(f"the class file of {len(content)} bytes is cut off or damaged") from error


_ACC_INTERFACE = 0x0200
_UTF8, _LONG, _DOUBLE, _CLASS, _METHOD_HANDLE = 1, 5, 6, 7, 15
#: Bytes after the tag of each kind of entry (JVMS table 4.4-B).
_ENTRY_BYTES = {
    3: 4, 4: 4, _LONG: 8, _DOUBLE: 8, _CLASS: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4,
    _METHOD_HANDLE: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2,
}  # fmt: skip
_u2 = struct.Struct(">H").unpack_from


def _parse(content: bytes) -> ClassFile:
    if content[:4] != b"\xca\xfe\xba\xbe":
        raise MalformedClassFile("not a class file: it does not begin with CAFEBABE")
    offsets, handles, end = _constant_pool(content)
    (flags,), (this_class,) = _u2(content, end), _u2(content, end + 2)
    return ClassFile(
        name=_class_name(content, offsets, this_class),
        major_version=_u2(content, 6)[0],
        is_interface=bool(flags & _ACC_INTERFACE),
        method_handles=tuple(_method_handle(content, offsets, at) for at in handles),
    )


def _constant_pool(content: bytes) -> tuple[list[int], list[int], int]:
    """Offsets of the tag bytes by index (0 where no entry begins), those of the method handles, and the pool's end."""
    (count,) = _u2(content, 8)
    offsets, handles = [0] * count, []
    at, index = 10, 1
    while index < count:
        tag = content[at]
        offsets[index] = at
        if tag == _UTF8:
            at += 3 + _u2(content, at + 1)[0]
        elif tag in _ENTRY_BYTES:
            if tag == _METHOD_HANDLE:
                handles.append(at)
            at += 1 + _ENTRY_BYTES[tag]
        else:
            raise MalformedClassFile(f"unknown constant-pool tag {tag} at byte {at}")
        # A long or double takes two indices (JVMS §4.4.5).
        index += 2 if tag in (_LONG, _DOUBLE) else 1
    return offsets, handles, at


def _method_handle(content: bytes, offsets: list[int], at: int) -> MethodHandle:
    tag_at = _entry(offsets, _u2(content, at + 2)[0])
    tag = content[tag_at]
    if tag not in (9, 10, 11):
        raise MalformedClassFile(f"the method handle at byte {at} refers to tag {tag}, which is no member")
    owner = _class_name(content, offsets, _u2(content, tag_at + 1)[0])
    return MethodHandle(content[at + 1], tag, tag_at, owner)


def _class_name(content: bytes, offsets: list[int], index: int) -> bytes:
    class_at = _entry(offsets, index)
    name_at = _entry(offsets, _u2(content, class_at + 1)[0])
    if content[class_at] != _CLASS or content[name_at] != _UTF8:
        raise MalformedClassFile(f"entry {index} at byte {class_at} is no Class with a name")
    return content[name_at + 3 : name_at + 3 + _u2(content, name_at + 1)[0]]


def _entry(offsets: list[int], index: int) -> int:
    if not offsets[index]:
        raise MalformedClassFile(f"constant-pool index {index} points at no entry")
    return offsets[index]
