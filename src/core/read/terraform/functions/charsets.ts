/** textencodebase64 and textdecodebase64: character sets by their IANA names. */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { type TypedValue, textOf, unknownOf } from "../typed-value.ts";
import { STRING } from "../types.ts";
import { text } from "./define.ts";
import { decodeBase64 } from "./encoding.ts";

interface Charset {
  /** IANA's primary name, as Terraform's messages say it. */
  readonly name: string;
  /** The WHATWG label that decodes it; undefined where JS cannot, and the result stays unknown. */
  readonly label: string | undefined;
  /** Highest byte that stands for itself; beyond, WHATWG's label means another set. */
  readonly identityUpTo?: number;
}

const BUILT_IN: readonly (readonly [name: string, label: string | undefined, aliases: string])[] = [
  ["UTF-8", "utf-8", "csUTF8"],
  ["UTF-16", "utf-16be", "csUTF16"],
  ["UTF-16BE", "utf-16be", "csUTF16BE"],
  ["UTF-16LE", "utf-16le", "csUTF16LE"],
  ["US-ASCII", "identity", "iso-ir-6 ANSI_X3.4-1968 ANSI_X3.4-1986 ISO_646.irv:1991 ISO646-US us IBM367 cp367 csASCII"],
  ["ISO_8859-1:1987", "identity", "iso-ir-100 ISO_8859-1 ISO-8859-1 latin1 l1 IBM819 CP819 csISOLatin1"],
  ["ISO_8859-2:1987", "iso-8859-2", "iso-ir-101 ISO_8859-2 ISO-8859-2 latin2 l2 csISOLatin2"],
  ["ISO_8859-3:1988", "iso-8859-3", "iso-ir-109 ISO_8859-3 ISO-8859-3 latin3 l3 csISOLatin3"],
  ["ISO_8859-4:1988", "iso-8859-4", "iso-ir-110 ISO_8859-4 ISO-8859-4 latin4 l4 csISOLatin4"],
  ["ISO_8859-5:1988", "iso-8859-5", "iso-ir-144 ISO_8859-5 ISO-8859-5 cyrillic csISOLatinCyrillic"],
  ["ISO_8859-6:1987", "iso-8859-6", "iso-ir-127 ISO_8859-6 ISO-8859-6 ECMA-114 ASMO-708 arabic csISOLatinArabic"],
  ["ISO_8859-7:1987", "iso-8859-7", "iso-ir-126 ISO_8859-7 ISO-8859-7 ELOT_928 ECMA-118 greek greek8 csISOLatinGreek"],
  ["ISO_8859-8:1988", "iso-8859-8", "iso-ir-138 ISO_8859-8 ISO-8859-8 hebrew csISOLatinHebrew"],
  ["ISO_8859-9:1989", undefined, "iso-ir-148 ISO_8859-9 ISO-8859-9 latin5 l5 csISOLatin5"],
  ["ISO-8859-10", "iso-8859-10", "iso-ir-157 l6 ISO_8859-10:1992 csISOLatin6 latin6"],
  ["ISO-8859-13", "iso-8859-13", "csISO885913"],
  ["ISO-8859-14", "iso-8859-14", "iso-ir-199 ISO_8859-14:1998 ISO_8859-14 latin8 iso-celtic l8 csISO885914"],
  ["ISO-8859-15", "iso-8859-15", "ISO_8859-15 Latin-9 csISO885915"],
  ["ISO-8859-16", "iso-8859-16", "iso-ir-226 ISO_8859-16:2001 ISO_8859-16 latin10 l10 csISO885916"],
  ["windows-874", "windows-874", "cswindows874"],
  ["windows-1250", "windows-1250", "cswindows1250"],
  ["windows-1251", "windows-1251", "cswindows1251"],
  ["windows-1252", "windows-1252", "cswindows1252"],
  ["windows-1253", "windows-1253", "cswindows1253"],
  ["windows-1254", "windows-1254", "cswindows1254"],
  ["windows-1255", "windows-1255", "cswindows1255"],
  ["windows-1256", "windows-1256", "cswindows1256"],
  ["windows-1257", "windows-1257", "cswindows1257"],
  ["windows-1258", "windows-1258", "cswindows1258"],
  ["KOI8-R", "koi8-r", "csKOI8R"],
  ["KOI8-U", "koi8-u", "csKOI8U"],
  ["macintosh", "macintosh", "mac csMacintosh"],
  ["IBM866", "ibm866", "cp866 866 csIBM866"],
  ["Shift_JIS", "shift_jis", "MS_Kanji csShiftJIS"],
  ["EUC-KR", "euc-kr", "csEUCKR"],
  ["Big5", "big5", "csBig5"],
  ["GBK", "gbk", "CP936 MS936 windows-936 csGBK"],
  ["GB18030", undefined, "csGB18030"],
  ["HZ-GB-2312", undefined, ""],
  ["ISO-2022-JP", undefined, "csISO2022JP"],
  ["Extended_UNIX_Code_Packed_Format_for_Japanese", undefined, "EUC-JP csEUCPkdFmtJapanese"],
  ["IBM037", undefined, "cp037 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-wt ebcdic-cp-nl csIBM037"],
  ["IBM437", undefined, "cp437 437 csPC8CodePage437"],
  ["IBM850", undefined, "cp850 850 csPC850Multilingual"],
  ["IBM852", undefined, "cp852 852 csPCp852"],
  ["IBM855", undefined, "cp855 855 csIBM855"],
  ["IBM00858", undefined, "CCSID00858 CP00858 PC-Multilingual-850+euro csIBM00858"],
  ["IBM860", undefined, "cp860 860 csIBM860"],
  ["IBM862", undefined, "cp862 862 csPC862LatinHebrew"],
  ["IBM863", undefined, "cp863 863 csIBM863"],
  ["IBM865", undefined, "cp865 865 csIBM865"],
  ["IBM01140", undefined, "CCSID01140 CP01140 ebcdic-us-37+euro csIBM01140"],
  ["IBM1047", undefined, "IBM-1047 csIBM1047"],
];

function charsetOf(given: string): Charset | undefined {
  const wanted = given.toLowerCase();
  const row = BUILT_IN.find(([name, , aliases]) =>
    [name, ...aliases.split(" ")].some((alias) => alias !== "" && alias.toLowerCase() === wanted),
  );
  if (row === undefined) return undefined;
  const [name, label] = row;
  return label === "identity" ? { name, label, identityUpTo: name === "US-ASCII" ? 0x7f : 0xff } : { name, label };
}

/** Bytes of every character a set can write, found by reading all one- and two-byte sequences. */
function encoderFor(label: string): ReadonlyMap<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(label, { fatal: true });
  const learn = (bytes: readonly number[]): boolean => {
    try {
      const letter = decoder.decode(Uint8Array.from(bytes));
      if ([...letter].length !== 1) return false;
      if (!table.has(letter)) table.set(letter, bytes);
      return true;
    } catch {
      return false; // Not a character of this set.
    }
  };
  for (let first = 0; first < 256; first++) {
    if (learn([first]) || first < 0x80) continue;
    for (let second = 0x30; second < 256; second++) learn([first, second]);
  }
  return table;
}

function encode(value: string, charset: Charset): Uint8Array | undefined {
  const { name, label, identityUpTo } = charset;
  if (name === "UTF-8") return Buffer.from(value);
  if (name.startsWith("UTF-16")) {
    const little = Buffer.from(name === "UTF-16" ? `\ufeff${value}` : value, "utf16le");
    return name === "UTF-16LE" ? little : little.swap16();
  }
  const bytes: number[] = [];
  if (label === "windows-1252") {
    for (const letter of value) {
      const high = WINDOWS_1252.indexOf(letter);
      const code = high < 0 ? (letter.codePointAt(0) ?? 0) : high + 0x80;
      if (code > 0xff || (high < 0 && code >= 0x80 && code < 0xa0)) return undefined;
      bytes.push(code);
    }
    return Uint8Array.from(bytes);
  }
  const table = identityUpTo === undefined ? encoderFor(label ?? "") : undefined;
  for (const letter of value) {
    const code = letter.codePointAt(0) ?? 0;
    const written = table ? table.get(letter) : code <= (identityUpTo ?? 0) ? [code] : undefined;
    if (written === undefined) return undefined;
    bytes.push(...written);
  }
  return Uint8Array.from(bytes);
}

function decode(bytes: Uint8Array, charset: Charset): string | undefined {
  const { name, label, identityUpTo } = charset;
  if (identityUpTo !== undefined) {
    return bytes.every((byte) => byte <= identityUpTo) ? Buffer.from(bytes).toString("latin1") : undefined;
  }
  if (label === "windows-1252") {
    return Buffer.from(bytes)
      .toString("latin1")
      .replaceAll(/[\x80-\x9f]/g, (letter) => WINDOWS_1252.charAt(letter.charCodeAt(0) - 0x80));
  }
  const byteOrderMark = name === "UTF-16" && bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : label;
  try {
    return new TextDecoder(byteOrderMark, { fatal: true, ignoreBOM: name !== "UTF-16" }).decode(bytes);
  } catch {
    return undefined; // Bytes that mean nothing in this set.
  }
}

/** Bytes 0x80 to 0x9f of windows-1252; Node 20 decodes them as ISO 8859-1. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

const unsupported = (given: string): FunctionError =>
  new FunctionError(
    `${JSON.stringify(given)} is not a supported IANA encoding name or alias in this Terraform version`,
    1,
  );
const OPEN = (): TypedValue => unknownOf(STRING, { notNull: true });

export const charsetFunctions: readonly TerraformFunction[] = [
  {
    name: "textencodebase64",
    parameters: [text("string"), text("encoding")],
    returns: STRING,
    call: ([value, encoding]) => {
      const charset = charsetOf(String(encoding));
      if (charset === undefined) return unsupported(String(encoding));
      if (charset.label === undefined) return OPEN();
      const bytes = encode(String(value), charset);
      if (bytes) return Buffer.from(bytes).toString("base64");
      return new FunctionError(`the given string contains characters that cannot be represented in ${charset.name}`, 0);
    },
  },
  {
    name: "textdecodebase64",
    parameters: [text("source"), text("encoding")],
    returns: STRING,
    call: ([source, encoding]) => {
      const charset = charsetOf(String(encoding));
      if (charset === undefined) return unsupported(String(encoding));
      const bytes = decodeBase64(String(source));
      if (bytes === undefined) return new FunctionError("the given value has an invalid base64 symbol", 0);
      if (charset.label === undefined) return OPEN();
      const value = decode(bytes, charset);
      if (value !== undefined) return textOf(value);
      return new FunctionError(`the given string contains symbols that are not defined for ${charset.name}`, 0);
    },
  },
];
