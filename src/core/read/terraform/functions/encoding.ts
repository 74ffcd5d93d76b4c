/** Base64, CSV and URL encoding. JSON and YAML have files of their own, character sets too. */
import { FunctionError, type TerraformFunction } from "../function.ts";
import { listOf, objectOf, type TypedValue, textOf, unknownOf } from "../typed-value.ts";
import { DYNAMIC, objectType, STRING } from "../types.ts";
import { fromTexts, text } from "./define.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes of standard, padded Base64; undefined where it is not that. Line breaks inside are ignored, as Go does. */
export function decodeBase64(value: string): Uint8Array | undefined {
  const packed = value.replaceAll(/[\r\n]/g, "");
  return BASE64.test(packed) ? Buffer.from(packed, "base64") : undefined;
}

/** Undefined for bytes that are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // The decoder has no other way to say so.
  }
}

const base64Decode = (value: string): string | FunctionError => {
  const bytes = decodeBase64(value);
  if (bytes === undefined) return new FunctionError(`failed to decode base64 data ${JSON.stringify(value)}`);
  return decodeUtf8(bytes) ?? new FunctionError("the result of decoding the provided string is not valid UTF-8");
};

type Rows = readonly { readonly line: number; readonly fields: readonly string[] }[];

const csvError = (line: number, what: string): FunctionError =>
  new FunctionError(`CSV parse error on line ${line}: ${what}`);

/** Go's encoding/csv: strict quotes, empty lines skipped, \r\n read as \n. */
function readCsv(source: string): Rows | FunctionError {
  const lines = source.replaceAll("\r\n", "\n").split("\n");
  const rows: { line: number; fields: string[] }[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let rest = lines[index] ?? "";
    if (rest === "") continue;
    const fields: string[] = [];
    for (;;) {
      if (!rest.startsWith('"')) {
        const comma = rest.indexOf(",");
        const field = comma < 0 ? rest : rest.slice(0, comma);
        if (field.includes('"')) return csvError(index + 1, 'bare " in non-quoted-field');
        fields.push(field);
        if (comma < 0) break;
        rest = rest.slice(comma + 1);
        continue;
      }
      let field = "";
      rest = rest.slice(1);
      for (;;) {
        const quote = rest.indexOf('"');
        if (quote < 0) {
          index += 1;
          const following = lines[index];
          if (following === undefined) return csvError(index, 'extraneous or missing " in quoted-field');
          field += `${rest}\n`;
          rest = following;
          continue;
        }
        field += rest.slice(0, quote);
        rest = rest.slice(quote + 1);
        if (!rest.startsWith('"')) break;
        field += '"';
        rest = rest.slice(1);
      }
      fields.push(field);
      if (rest === "") break;
      if (!rest.startsWith(",")) return csvError(index + 1, 'extraneous or missing " in quoted-field');
      rest = rest.slice(1);
    }
    rows.push({ line, fields });
  }
  return rows;
}

const csvDecode: TerraformFunction = {
  name: "csvdecode",
  parameters: [text("str")],
  returns: DYNAMIC,
  call: ([source]) => {
    const rows = readCsv(String(source));
    if (rows instanceof FunctionError) return rows;
    const [header, ...records] = rows;
    if (header === undefined) return new FunctionError("missing header line");
    const twice = header.fields.find((name, index) => header.fields.indexOf(name) !== index);
    if (twice !== undefined) return new FunctionError(`duplicate column name ${JSON.stringify(twice)}`);
    const names = header.fields.map(textOf);
    const objects: TypedValue[] = [];
    for (const { line, fields } of records) {
      if (fields.length !== names.length) return csvError(line, "wrong number of fields");
      objects.push(objectOf(new Map(names.map((name, index) => [name, textOf(fields[index] ?? "")]))));
    }
    return listOf(objectType(new Map(names.map((name) => [name, STRING]))), objects);
  },
};

/** Go's url.QueryEscape. */
const urlEncode = (value: string): string =>
  encodeURIComponent(Buffer.from(value).toString())
    .replaceAll("%20", "+")
    .replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

export const encodingFunctions: readonly TerraformFunction[] = [
  fromTexts("base64decode", ["str"], base64Decode),
  fromTexts("base64encode", ["str"], (value) => Buffer.from(value).toString("base64")),
  {
    // The compressed bytes depend on the compressor; only its header is certain.
    name: "base64gzip",
    parameters: [text("str")],
    returns: STRING,
    call: () => unknownOf(STRING, { notNull: true, prefix: "H4sIAAAAAAA" }),
  },
  csvDecode,
  fromTexts("urlencode", ["str"], urlEncode),
];
