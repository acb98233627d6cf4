/**
 * Makes VariantSpark's jar run on Java 11 and later. Its Scala compiler wrote method handles to static methods of
 * interfaces as CONSTANT_Methodref where the class-file format asks for CONSTANT_InterfaceMethodref; Java 8 did not
 * look, Java 11 and later throw IncompatibleClassChangeError (JVMS §5.4.3.3). One byte per entry is wrong, so one byte
 * per entry is changed. See docs/decisions/retag-variantspark-jar.md.
 */
import { type ClassFile, parseClassFile } from "./classFile.ts";
import { MalformedClassFile } from "./classFileReader.ts";
import { type JarEntry, readJar, replaceEntries } from "./jarArchive.ts";

export interface RetaggedJar {
  readonly jar: Uint8Array;
  /** Number of constant-pool entries whose tag changed; 0 for a jar that needs nothing. 210 for VariantSpark 0.5.5. */
  readonly retagged: number;
}

/**
 * Takes and gives a whole jar in memory (29 MB for VariantSpark 0.5.5, which takes about a second).
 * @throws NotAJar when the bytes are no jar, MalformedClassFile when one of its classes is cut or damaged.
 */
export async function retagJar(jar: Uint8Array): Promise<RetaggedJar> {
  const entries = await readJar(jar);
  const classes = entries.filter((entry) => entry.name.endsWith(".class")).map(readClass);
  const interfaces = new Set(classes.filter(({ file }) => file.isInterface).map(({ file }) => file.name));
  const replacements = new Map<JarEntry, Uint8Array>();
  let retagged = 0;
  for (const { entry, file } of classes) {
    const offsets = wrongTagOffsets(file, interfaces);
    if (offsets.size === 0) continue;
    replacements.set(entry, withTags(entry.content(), offsets));
    retagged += offsets.size;
  }
  return { jar: retagged === 0 ? jar : replaceEntries(jar, entries, replacements), retagged };
}

const METHODREF = 10;
const INTERFACE_METHODREF = 11;
const REF_INVOKE_STATIC = 6;
const REF_INVOKE_SPECIAL = 7;
const JAVA_8 = 52;

function readClass(entry: JarEntry): { entry: JarEntry; file: ClassFile } {
  try {
    return { entry, file: parseClassFile(entry.content()) };
  } catch (error) {
    if (!(error instanceof MalformedClassFile)) throw error;
    throw new MalformedClassFile(`${entry.name}: ${error.message}`, { cause: error });
  }
}

/**
 * Tag bytes to change. Several handles may share an entry, so offsets are a set. Only these two kinds of handle may
 * refer to an InterfaceMethodref, and only from version 52 on (JVMS §4.4.8); for the others a Methodref is the only
 * legal tag. That an instruction uses the same entry is no obstacle: invokestatic and invokespecial take either tag
 * from version 52 on (§4.9.1), and need this one when the owner is an interface.
 */
function wrongTagOffsets(file: ClassFile, interfaces: ReadonlySet<string>): ReadonlySet<number> {
  if (file.majorVersion < JAVA_8) return new Set();
  return new Set(
    file.methodHandles
      .filter(({ kind }) => kind === REF_INVOKE_STATIC || kind === REF_INVOKE_SPECIAL)
      .filter(({ referenceTag, owner }) => referenceTag === METHODREF && interfaces.has(owner))
      .map(({ referenceTagOffset }) => referenceTagOffset),
  );
}

function withTags(content: Uint8Array, offsets: ReadonlySet<number>): Uint8Array {
  const changed = Uint8Array.from(content);
  for (const offset of offsets) changed[offset] = INTERFACE_METHODREF;
  return changed;
}
