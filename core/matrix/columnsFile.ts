/**
 * The bytes of a matrix's file `_columns`: the sample names as Java's object serialisation writes a List[String] of
 * Scala 2.12, which is what VariantSpark's ParquetFeatureSource reads (Java Object Serialization Specification, §6.4).
 *
 * Scala writes a proxy object in the list's place: its class, the elements one after the other, the end marker (an
 * object of another class). Each name becomes a string of its own. Java would write a reference for the same object met
 * twice; distinct names are distinct objects.
 */

/** @param samples names in column order, each once */
export function columnsFile(samples: readonly string[]): Uint8Array {
  return Buffer.concat([
    Buffer.from([0xac, 0xed, 0, 5]), // STREAM_MAGIC, STREAM_VERSION
    objectOf("scala.collection.immutable.List$SerializationProxy", 1n, SC_SERIALIZABLE | SC_WRITE_METHOD),
    ...samples.map(stringOf),
    objectOf("scala.collection.immutable.ListSerializeEnd$", 0x8a5c635bf7530b6dn, SC_SERIALIZABLE),
    // The block of the proxy's own writing ends; the end marker, a class without such, has none.
    Buffer.from([TC_ENDBLOCKDATA]),
  ]);
}

const TC_NULL = 0x70;
const TC_CLASSDESC = 0x72;
const TC_OBJECT = 0x73;
const TC_STRING = 0x74;
const TC_ENDBLOCKDATA = 0x78;
const TC_LONGSTRING = 0x7c;
const SC_WRITE_METHOD = 1;
const SC_SERIALIZABLE = 2;
const MAX_SHORT_STRING_BYTES = 65_535;

/** A new object of a class without fields or a serialisable superclass. */
function objectOf(className: string, serialVersionUid: bigint, flags: number): Buffer {
  const name = modifiedUtf8(className);
  const start = Buffer.from([TC_OBJECT, TC_CLASSDESC, name.length >> 8, name.length & 0xff]);
  const uid = Buffer.alloc(8);
  uid.writeBigUInt64BE(serialVersionUid);
  const noFields = [0, 0];
  return Buffer.concat([start, name, uid, Buffer.from([flags, ...noFields, TC_ENDBLOCKDATA, TC_NULL])]);
}

function stringOf(text: string): Buffer {
  const bytes = modifiedUtf8(text);
  const isShort = bytes.length <= MAX_SHORT_STRING_BYTES;
  const head = Buffer.alloc(isShort ? 3 : 9);
  head[0] = isShort ? TC_STRING : TC_LONGSTRING;
  if (isShort) head.writeUInt16BE(bytes.length, 1);
  else head.writeBigUInt64BE(BigInt(bytes.length), 1);
  return Buffer.concat([head, bytes]);
}

/**
 * java.io.DataInput's modified UTF-8: each UTF-16 unit by itself, so that a character beyond U+FFFF takes twice three
 * bytes, and NUL takes two.
 */
function modifiedUtf8(text: string): Buffer {
  const bytes = Buffer.alloc(3 * text.length);
  let end = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0 && unit < 0x80) {
      bytes[end++] = unit;
    } else if (unit < 0x800) {
      bytes[end++] = 0xc0 | (unit >> 6);
      bytes[end++] = 0x80 | (unit & 0x3f);
    } else {
      bytes[end++] = 0xe0 | (unit >> 12);
      bytes[end++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[end++] = 0x80 | (unit & 0x3f);
    }
  }
  return bytes.subarray(0, end);
}
