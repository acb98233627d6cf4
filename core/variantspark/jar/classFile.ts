/**
 * Reads what retagging needs from a Java class file (JVMS §4.1, §4.4): its name, its version, whether it is an
 * interface and the method handles of its constant pool, each with the place of the tag byte of the member that it
 * refers to. Everything after the pool is only walked over, so that a file cut anywhere is told from a whole one.
 */
import { ClassFileReader, MalformedClassFile } from "./classFileReader.ts";

/** An entry of type CONSTANT_MethodHandle (JVMS §4.4.8) and the member it refers to. */
interface MethodHandle {
  /** 1 to 9: how the handle is used; 6 is REF_invokeStatic, 7 REF_invokeSpecial. */
  readonly kind: number;
  /** Tag of the entry referred to: 9 Fieldref, 10 Methodref, 11 InterfaceMethodref. */
  readonly referenceTag: number;
  /** Offset of that tag byte in the class file. */
  readonly referenceTagOffset: number;
  /** Internal name of the class that holds the member: "scala/Function1". */
  readonly owner: string;
}

export interface ClassFile {
  /** Internal name: "au/csiro/variantspark/cli/ImportanceCmd". One character per byte of the modified UTF-8. */
  readonly name: string;
  /** 52 is Java 8, 61 Java 17. */
  readonly majorVersion: number;
  readonly isInterface: boolean;
  readonly methodHandles: readonly MethodHandle[];
}

/** @throws MalformedClassFile for anything but one whole class file. */
export function parseClassFile(bytes: Uint8Array): ClassFile {
  const reader = new ClassFileReader(bytes);
  if (reader.u4() !== 0xcafebabe) throw new MalformedClassFile("not a class file: it does not begin with CAFEBABE");
  reader.skip(2); // minor_version
  const majorVersion = reader.u2();
  const pool = readConstantPool(reader);
  const accessFlags = reader.u2();
  const name = className(reader, pool, reader.u2());
  skipBody(reader);
  return {
    name,
    majorVersion,
    isInterface: (accessFlags & ACC_INTERFACE) !== 0,
    methodHandles: pool.methodHandles.map((at) => methodHandle(reader, pool, at)),
  };
}

const ACC_INTERFACE = 0x0200;
const UTF8 = 1;
const LONG = 5;
const DOUBLE = 6;
const CLASS = 7;
const METHOD_HANDLE = 15;

/** Bytes after the tag of each kind of entry (JVMS table 4.4-B); Utf8 is the only one whose length varies. */
const ENTRY_BYTES: Readonly<Record<number, number>> = {
  3: 4, // Integer
  4: 4, // Float
  [LONG]: 8,
  [DOUBLE]: 8,
  [CLASS]: 2,
  8: 2, // String
  9: 4, // Fieldref
  10: 4, // Methodref
  11: 4, // InterfaceMethodref
  12: 4, // NameAndType
  [METHOD_HANDLE]: 3,
  16: 2, // MethodType
  17: 4, // Dynamic
  18: 4, // InvokeDynamic
  19: 2, // Module
  20: 2, // Package
};

interface ConstantPool {
  /** Offset of the tag byte by index; 0 where no entry begins (index 0, the second slot of a Long or Double). */
  readonly offsets: Int32Array;
  /** Offsets of the tag bytes of all MethodHandle entries. */
  readonly methodHandles: readonly number[];
}

function readConstantPool(reader: ClassFileReader): ConstantPool {
  const count = reader.u2();
  const offsets = new Int32Array(count);
  const methodHandles: number[] = [];
  for (let index = 1; index < count; index++) {
    const at = reader.position;
    const tag = reader.u1();
    const length = tag === UTF8 ? reader.u2() : ENTRY_BYTES[tag];
    if (length === undefined) throw new MalformedClassFile(`unknown constant-pool tag ${tag} at byte ${at}`);
    reader.skip(length);
    offsets[index] = at;
    if (tag === METHOD_HANDLE) methodHandles.push(at);
    // "In retrospect, making 8-byte constants take two constant pool entries was a poor choice" (JVMS §4.4.5).
    if (tag === LONG || tag === DOUBLE) index++;
  }
  return { offsets, methodHandles };
}

function methodHandle(reader: ClassFileReader, pool: ConstantPool, at: number): MethodHandle {
  const referenceTagOffset = entryOffset(pool, reader.u2At(at + 2));
  const referenceTag = reader.u1At(referenceTagOffset);
  if (referenceTag < 9 || referenceTag > 11)
    throw new MalformedClassFile(`the method handle at byte ${at} refers to tag ${referenceTag}, which is no member`);
  return {
    kind: reader.u1At(at + 1),
    referenceTag,
    referenceTagOffset,
    owner: className(reader, pool, reader.u2At(referenceTagOffset + 1)),
  };
}

function className(reader: ClassFileReader, pool: ConstantPool, index: number): string {
  const classAt = entryOffset(pool, index);
  if (reader.u1At(classAt) !== CLASS) throw new MalformedClassFile(`entry ${index} at byte ${classAt} is no Class`);
  const nameAt = entryOffset(pool, reader.u2At(classAt + 1));
  if (reader.u1At(nameAt) !== UTF8) throw new MalformedClassFile(`the class name at byte ${nameAt} is no Utf8`);
  return reader.latin1At(nameAt + 3, reader.u2At(nameAt + 1));
}

function entryOffset(pool: ConstantPool, index: number): number {
  const offset = pool.offsets[index];
  if (!offset) throw new MalformedClassFile(`constant-pool index ${index} points at no entry`);
  return offset;
}

/** super_class to the end of the file: interfaces, fields, methods, attributes. */
function skipBody(reader: ClassFileReader): void {
  reader.skip(2);
  reader.skip(2 * reader.u2());
  skipMembers(reader);
  skipMembers(reader);
  skipAttributes(reader);
  if (reader.position !== reader.length)
    throw new MalformedClassFile(`${reader.length - reader.position} bytes follow the end of the class`);
}

function skipMembers(reader: ClassFileReader): void {
  for (let left = reader.u2(); left > 0; left--) {
    reader.skip(6);
    skipAttributes(reader);
  }
}

function skipAttributes(reader: ClassFileReader): void {
  for (let left = reader.u2(); left > 0; left--) {
    reader.skip(2);
    reader.skip(reader.u4());
  }
}
