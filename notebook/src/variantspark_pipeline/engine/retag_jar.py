"""Makes VariantSpark's jar run on Java 11 and later. Its Scala compiler wrote method handles to static methods of
interfaces as CONSTANT_Methodref where CONSTANT_InterfaceMethodref is due; Java 8 did not look, later ones throw
IncompatibleClassChangeError (JVMS §5.4.3.3). One byte per entry is wrong, so one byte per entry is changed. The archive
is edited, not repacked: what does not change is carried over as the bytes it was. The pipeline does the same to the jar
that it runs on AWS (docs/decisions/retag-variantspark-jar.md)."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from .class_file import ClassFile, MalformedClassFile, parse_class_file

_METHODREF, _INTERFACE_METHODREF = 10, 11
_REF_INVOKE_STATIC, _REF_INVOKE_SPECIAL = 6, 7
_JAVA_8 = 52
_DATA_DESCRIPTOR = 0x0008


def retag_jar(jar: bytes) -> tuple[bytes, int]:
    """
    The jar, and how many constant-pool entries were retagged: 0 for one that needs nothing, which comes back as the
    very same bytes; 210 for VariantSpark 0.5.5.

    :raises zipfile.BadZipFile: for what is no jar, or none that can be edited
    :raises MalformedClassFile: for a damaged class
    """
    with zipfile.ZipFile(io.BytesIO(jar)) as archive:
        entries = archive.infolist()
        classes = [(entry, _read_class(archive, entry)) for entry in entries if entry.filename.endswith(".class")]
        interfaces = {file.name for _, file in classes if file.is_interface}
        wrong = [(entry, offsets) for entry, file in classes if (offsets := _wrong_tags(file, interfaces))]
        replacements = {entry.header_offset: _retagged(archive.read(entry), offsets) for entry, offsets in wrong}
    if not wrong:
        return jar, 0
    return _replace(jar, entries, replacements), sum(len(offsets) for _, offsets in wrong)


def _read_class(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ClassFile:
    try:
        return parse_class_file(archive.read(entry))
    except MalformedClassFile as error:
        raise MalformedClassFile(f"{entry.filename}: {error}") from error


def _wrong_tags(file: ClassFile, interfaces: set[bytes]) -> set[int]:
    """Only these two kinds of handle may refer to an InterfaceMethodref, and only from version 52 on (JVMS §4.4.8)."""
    if file.major_version < _JAVA_8:
        return set()
    return {
        handle.reference_tag_offset
        for handle in file.method_handles
        if handle.kind in (_REF_INVOKE_STATIC, _REF_INVOKE_SPECIAL)
        and handle.reference_tag == _METHODREF
        and handle.owner in interfaces
    }


def _retagged(content: bytes, offsets: set[int]) -> bytes:
    changed = bytearray(content)
    for offset in offsets:
        changed[offset] = _INTERFACE_METHODREF
    return bytes(changed)


def _replace(jar: bytes, entries: list[zipfile.ZipInfo], replacements: dict[int, bytes]) -> bytes:
    """Fields are those of PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16."""
    end = jar.rfind(b"PK\x05\x06")
    (directory_at,) = struct.unpack_from("<I", jar, end + 16)
    directory = bytearray(jar[directory_at:])
    _check_order(entries)
    out = io.BytesIO()
    record = 0
    for index, entry in enumerate(entries):
        region_end = entries[index + 1].header_offset if index + 1 < len(entries) else directory_at
        region = jar[entry.header_offset : region_end]
        struct.pack_into("<I", directory, record + 42, out.tell())
        content = replacements.get(entry.header_offset)
        out.write(region if content is None else _rewritten(entry, region, content, directory, record))
        record += 46 + sum(struct.unpack_from("<HHH", directory, record + 28))
    struct.pack_into("<I", directory, end - directory_at + 16, out.tell())
    return out.getvalue() + bytes(directory)


def _check_order(entries: list[zipfile.ZipInfo]) -> None:
    offsets = [entry.header_offset for entry in entries]
    if offsets[0] != 0 or offsets != sorted(offsets):
        raise zipfile.BadZipFile("not a jar that can be edited: its data is not stored in the directory's order")


def _rewritten(entry: zipfile.ZipInfo, region: bytes, content: bytes, directory: bytearray, record: int) -> bytes:
    """Local header, data and data descriptor with the new content; its directory record gets the new sums too."""
    data_at = 30 + sum(struct.unpack_from("<HH", region, 26))
    header, rest = bytearray(region[:data_at]), bytearray(region[data_at + entry.compress_size :])
    data = content if entry.compress_type == zipfile.ZIP_STORED else _deflated(content)
    sums = struct.pack("<III", zlib.crc32(content), len(data), len(content))
    directory[record + 16 : record + 28] = sums
    if entry.flag_bits & _DATA_DESCRIPTOR:
        # Its signature is optional, so it is found from its end (APPNOTE 4.3.9.3).
        rest[-12:] = sums
    else:
        header[14:26] = sums
    return bytes(header) + data + bytes(rest)


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()
