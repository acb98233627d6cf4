/** Writes small class files (JVMS §4.1) for the tests of what reads them. */

type PoolEntry =
  | { readonly tag: "Utf8"; readonly text: string }
  | { readonly tag: "Class"; readonly name: number }
  | { readonly tag: "Long" }
  | {
      readonly tag: "Methodref" | "InterfaceMethodref" | "Fieldref";
      readonly owner: number;
      readonly nameAndType: number;
    }
  | { readonly tag: "NameAndType"; readonly name: number; readonly type: number }
  | { readonly tag: "MethodHandle"; readonly kind: number; readonly reference: number };

export interface ClassFileParts {
  readonly majorVersion?: number;
  readonly isInterface?: boolean;
  /** Entries from index 1 on; a Long takes two indices. */
  readonly pool: readonly PoolEntry[];
  /** Index of the Class entry of the class itself. */
  readonly thisClass: number;
}

export function classFileBytes({
  majorVersion = 52,
  isInterface = false,
  pool,
  thisClass,
}: ClassFileParts): Uint8Array {
  const slots = pool.reduce((sum, entry) => sum + (entry.tag === "Long" ? 2 : 1), 1);
  const attribute = [...u2(thisClass), 0, 0, 0, 3, 1, 2, 3];
  return Uint8Array.from([
    ...[0xca, 0xfe, 0xba, 0xbe],
    ...[0, 0, ...u2(majorVersion)],
    ...u2(slots),
    ...pool.flatMap(entryBytes),
    ...u2(isInterface ? 0x0600 : 0x0020),
    ...u2(thisClass),
    ...u2(0),
    ...[...u2(1), ...u2(thisClass)], // interfaces
    ...u2(0), // fields
    ...[...u2(1), 0, 0, 0, 0, 0, 0, ...u2(1), ...attribute], // methods
    ...[...u2(1), ...attribute],
  ]);
}

/** A class that holds one method handle, by default the kind that scalac wrote wrongly: static, to a Methodref. */
export function classWithHandle(options: {
  readonly name: string;
  readonly owner: string;
  readonly kind?: number;
  readonly majorVersion?: number;
  readonly reference?: "Methodref" | "InterfaceMethodref" | "Fieldref";
  readonly handles?: number;
}): Uint8Array {
  const { name, owner, kind = 6, majorVersion = 52, reference = "Methodref", handles = 1 } = options;
  return classFileBytes({
    majorVersion,
    thisClass: 2,
    pool: [
      { tag: "Utf8", text: name },
      { tag: "Class", name: 1 },
      { tag: "Long" },
      { tag: "Utf8", text: owner },
      { tag: "Class", name: 5 },
      { tag: "Utf8", text: "$anonfun" },
      { tag: "Utf8", text: "()V" },
      { tag: "NameAndType", name: 7, type: 8 },
      { tag: reference, owner: 6, nameAndType: 9 },
      ...Array.from({ length: handles }, (): PoolEntry => ({ tag: "MethodHandle", kind, reference: 10 })),
    ],
  });
}

export function interfaceFile(name: string): Uint8Array {
  return classFileBytes({
    isInterface: true,
    thisClass: 2,
    pool: [
      { tag: "Utf8", text: name },
      { tag: "Class", name: 1 },
    ],
  });
}

function entryBytes(entry: PoolEntry): number[] {
  switch (entry.tag) {
    case "Utf8": {
      const text = Buffer.from(entry.text);
      return [1, ...u2(text.length), ...text];
    }
    case "Class":
      return [7, ...u2(entry.name)];
    case "Long":
      return [5, 0, 0, 0, 0, 0, 0, 0, 15];
    case "Fieldref":
      return [9, ...u2(entry.owner), ...u2(entry.nameAndType)];
    case "Methodref":
      return [10, ...u2(entry.owner), ...u2(entry.nameAndType)];
    case "InterfaceMethodref":
      return [11, ...u2(entry.owner), ...u2(entry.nameAndType)];
    case "NameAndType":
      return [12, ...u2(entry.name), ...u2(entry.type)];
    case "MethodHandle":
      return [15, entry.kind, ...u2(entry.reference)];
  }
}

function u2(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
