/** yamldecode: YAML 1.2 with the scalars of Terraform's reader (yes and on are booleans, dates become timestamps). */
import { createRequire } from "node:module";
import type { ParsedNode } from "yaml";
import { convert } from "../convert.ts";
import { FunctionError, type TerraformFunction } from "../function.ts";
import { parseNumber } from "../number.ts";
import {
  isNumber,
  Mapping,
  NULL,
  NullValue,
  objectOf,
  type TypedValue,
  textOf,
  tupleOf,
  typeOf,
} from "../typed-value.ts";
import { DYNAMIC, friendlyName, STRING } from "../types.ts";
import { formatTimestamp, parseTimestamp } from "./datetime.ts";
import { any, text } from "./define.ts";
import { decodeBase64 } from "./encoding.ts";
import { encodeYaml } from "./yaml-encode.ts";

/** Read only when a configuration calls yamldecode: most do not, and start-up counts. */
const readYaml = (): typeof import("yaml") => createRequire(import.meta.url)("yaml") as typeof import("yaml");

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const EMPTY = /^(?:|~|null|Null|NULL)$/;
const INFINITE = /^([+-]?)\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
const DECIMAL = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const BASED = /^0(?:x[0-9a-fA-F]+|o[0-7]+)$/;
const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d*)?(Z|[+-]\d\d:\d\d))|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d*)?))?$/;

function timestampOf(source: string): string | undefined {
  const match = DATE.exec(source);
  if (!match) return undefined;
  const [, year, month = "", day = "", ...time] = match;
  const [hour = "0", minute = "0", second = "0"] = (time[0] === undefined ? time.slice(4) : time).map(
    (each) => each ?? "0",
  );
  const two = (digits: string): string => digits.padStart(2, "0");
  const instant = parseTimestamp(
    `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${time[3] ?? "Z"}`,
  );
  return instant instanceof FunctionError ? undefined : formatTimestamp(instant);
}

/** A plain scalar by its looks. */
function plainScalar(source: string): TypedValue | FunctionError {
  if (EMPTY.test(source)) return NULL;
  if (TRUE.test(source)) return true;
  if (FALSE.test(source)) return false;
  const infinite = INFINITE.exec(source);
  if (infinite) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (NOT_A_NUMBER.test(source)) return new FunctionError("floating point NaN is not supported");
  if (DECIMAL.test(source)) return parseNumber(source) ?? textOf(source);
  if (BASED.test(source)) return parseNumber(BigInt(source).toString()) ?? textOf(source);
  return timestampOf(source) ?? textOf(source);
}

const TAG = "tag:yaml.org,2002:";

function taggedScalar(tag: string, source: string): TypedValue | FunctionError {
  const wrong = new FunctionError(`cannot parse ${JSON.stringify(source)} as ${tag}`);
  const plain = plainScalar(source);
  switch (tag) {
    case `${TAG}str`:
      return textOf(source);
    case `${TAG}binary`:
      return decodeBase64(source) === undefined ? wrong : textOf(source);
    case `${TAG}bool`:
      return typeof plain === "boolean" ? plain : wrong;
    case `${TAG}null`:
      return NULL;
    case `${TAG}timestamp`:
      return timestampOf(source) ?? wrong;
    case `${TAG}int`:
    case `${TAG}float`: {
      const digits = source.replaceAll("_", "");
      const binary = /^(-?)0b([01]+)$/.exec(digits);
      if (binary) return parseNumber(`${binary[1]}${BigInt(`0b${binary[2]}`)}`) ?? wrong;
      const number = plainScalar(digits);
      return !(number instanceof FunctionError) && isNumber(number) ? number : wrong;
    }
    default:
      return new FunctionError(`unsupported tag ${JSON.stringify(tag.replace(TAG, "!!"))}`);
  }
}

const MOST_NODES = 200_000;

class Unreadable extends Error {}

function decodeYaml(source: string): TypedValue | FunctionError {
  const yaml = readYaml();
  const documents = yaml.parseAllDocuments(source, {
    version: "1.2",
    schema: "failsafe",
    uniqueKeys: false,
    resolveKnownTags: false,
    logLevel: "silent",
    keepSourceTokens: false,
  });
  const [document] = documents;
  if (document === undefined || !("contents" in document))
    return new FunctionError("on line 1, column 1: missing start of document");
  const error = documents.flatMap((each) => each.errors)[0];
  if (error) return new FunctionError(error.message.split("\n")[0] ?? "invalid YAML");
  if (documents.length > 1) return new FunctionError("unexpected extra content after value");
  const anchors = new Map<string, TypedValue | undefined>();
  let nodes = 0;

  function value(node: ParsedNode | null): TypedValue {
    nodes += 1;
    if (nodes > MOST_NODES) throw new Unreadable("the document is too large to evaluate");
    if (node === null) return NULL;
    if (yaml.isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) return target;
      throw new Unreadable(
        anchors.has(node.source)
          ? `cannot refer to anchor ${JSON.stringify(node.source)} from inside its own definition`
          : `reference to undefined anchor ${JSON.stringify(node.source)}`,
      );
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, undefined);
    const read = yaml.isMap(node)
      ? mapping(node.items as Pairs, node.tag)
      : yaml.isSeq(node)
        ? sequence(node.items as readonly ParsedNode[], node.tag)
        : scalar(node);
    if (node.anchor !== undefined) anchors.set(node.anchor, read);
    return read;
  }

  type Pairs = readonly { readonly key: ParsedNode; readonly value: ParsedNode | null }[];

  function scalar(node: ParsedNode): TypedValue {
    if (!yaml.isScalar(node)) return NULL;
    const content = String(node.value ?? "");
    if (node.type === "QUOTE_SINGLE" || node.type === "QUOTE_DOUBLE") return textOf(content);
    const block = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    const tag = node.tag !== undefined && node.tag !== "!" ? node.tag : undefined;
    const read = tag === undefined ? plainScalar(content) : taggedScalar(tag, content);
    if (read instanceof FunctionError) throw new Unreadable(read.message);
    if (!block || tag !== undefined) return read;
    // Terraform types a block as text, yet reads what stands in it: "no" becomes false, and that the text "false".
    const asText = convert(read, STRING);
    return asText.ok ? asText.value : textOf(content);
  }

  function mapping(items: Pairs, tag: string | undefined): TypedValue {
    if (tag !== undefined && tag !== `${TAG}map`) throw new Unreadable(`can't interpret mapping as ${tag}`);
    const entries = new Map<string, TypedValue>();
    for (const pair of items) {
      if (yaml.isScalar(pair.key) && pair.key.value === "<<" && pair.key.type === "PLAIN") {
        const merged = value(pair.value);
        if (!(merged instanceof Mapping))
          throw new Unreadable(`cannot merge ${friendlyName(typeOf(merged))} into mapping`);
        for (const [key, item] of merged.entries) if (!entries.has(key)) entries.set(key, item);
        continue;
      }
      const name = convert(value(pair.key), STRING);
      if (!name.ok) throw new Unreadable("only strings are allowed as mapping keys");
      if (name.value instanceof NullValue) throw new Unreadable("mapping key cannot be null");
      entries.set(String(name.value), value(pair.value));
    }
    return objectOf(entries);
  }

  function sequence(items: readonly ParsedNode[], tag: string | undefined): TypedValue {
    if (tag !== undefined && tag !== `${TAG}seq`) throw new Unreadable(`can't interpret sequence as ${tag}`);
    return tupleOf(items.map(value));
  }

  if (/^\s*\.\.\.\s*$/.test(source)) return new FunctionError("did not find expected node content");
  if (document.contents === null) return new FunctionError("on line 1, column 1: missing start of document");
  try {
    return value(document.contents as ParsedNode);
  } catch (problem) {
    if (problem instanceof Unreadable) return new FunctionError(problem.message);
    throw problem;
  }
}

export const yamlFunctions: readonly TerraformFunction[] = [
  {
    name: "yamldecode",
    parameters: [text("src")],
    returns: DYNAMIC,
    neverNull: false,
    call: ([source]) => decodeYaml(String(source)),
  },
  {
    name: "yamlencode",
    parameters: [any("value", { nullable: true })],
    returns: STRING,
    call: ([value = NULL]) => textOf(encodeYaml(value)),
  },
];
