// Terraform's JSON syntax (`*.tf.json`, `*.tofu.json`) into the same tree as native syntax. JSON does not say what is a
// block and what an attribute: that is decided here for what Terraform's language itself defines. Nested objects of
// resources stay attributes with object values; who knows the provider's schema decides those.
import type {
  Attribute,
  Block,
  Body,
  Comment,
  Expression,
  HclFile,
  Label,
  ObjectExpression,
  ObjectItem,
} from "./ast.ts";
import { literalString } from "./ast.ts";
import { BRACE_CLOSE } from "./characters.ts";
import { JsonReader } from "./json-value.ts";
import { badEncoding, hclFile } from "./parse.ts";
import { type Problem, Source } from "./source.ts";

/** How many labels a block type has, and which properties of its body are blocks in turn. */
interface Shape {
  readonly labels: number;
  readonly blocks?: { readonly [type: string]: Shape };
}

const plain: Shape = { labels: 0 };
const labelled: Shape = { labels: 1 };
const conditions: Shape = { labels: 0, blocks: { precondition: plain, postcondition: plain } };
const provisioner: Shape = { labels: 1, blocks: { connection: plain } };
const dynamic: Shape = { labels: 1 };
const data: Shape = { labels: 2, blocks: { lifecycle: conditions, dynamic } };

const SHAPES: { readonly [type: string]: Shape } = {
  resource: { labels: 2, blocks: { lifecycle: conditions, connection: plain, provisioner, dynamic } },
  data,
  ephemeral: data,
  module: labelled,
  variable: { labels: 1, blocks: { validation: plain } },
  output: { labels: 1, blocks: { precondition: plain } },
  provider: labelled,
  check: { labels: 1, blocks: { data, assert: plain } },
  locals: plain,
  moved: plain,
  import: plain,
  removed: { labels: 0, blocks: { lifecycle: plain, connection: plain, provisioner } },
  terraform: {
    labels: 0,
    blocks: {
      backend: labelled,
      cloud: { labels: 0, blocks: { workspaces: plain } },
      required_providers: plain,
      provider_meta: labelled,
    },
  },
};
const NO_SHAPES: { readonly [type: string]: Shape } = {};

/**
 * Parses Terraform's JSON syntax. Blocks span from their last label's key (or their type's) to the end of their object:
 * the type and the labels before may lie outside, since several blocks share them. `//` properties are comments.
 */
export const parseHclJson = (bytes: Uint8Array, file: string): HclFile => convert(bytes, file, SHAPES);

/** Parses `*.tfvars.json`: every property is an attribute. */
export const parseTfvarsJson = (bytes: Uint8Array, file: string): HclFile => convert(bytes, file, NO_SHAPES);

const convert = (bytes: Uint8Array, file: string, shapes: { readonly [type: string]: Shape }): HclFile => {
  const source = new Source(bytes, file);
  const reader = new JsonReader(source);
  const document = reader.document();
  const converter: Converter = {
    latin1: source.latin1,
    comments: [],
    problems: [...badEncoding(bytes), ...reader.problems],
  };
  const items = objectsOf(converter, document, "The file").flatMap((object) => bodyItems(converter, object, shapes));
  const body: Body = { kind: "body", start: 0, end: bytes.length, items };
  return hclFile("json", source, body, converter.comments, converter.problems);
};

interface Converter {
  readonly latin1: string;
  readonly comments: Comment[];
  readonly problems: Problem[];
}

const addComment = ({ comments }: Converter, { start, end }: Expression): void => {
  // A value that damage left empty is no comment.
  if (end > start) comments.push({ start, end });
};

/** HCL's JSON syntax takes a list of objects wherever it takes one. */
const objectsOf = (converter: Converter, value: Expression, what: string): ObjectExpression[] => {
  if (value.kind === "object") return [value];
  if (value.kind === "tuple") return value.items.flatMap((item) => objectsOf(converter, item, what));
  if (value.kind !== "null" && value.kind !== "error") {
    const { start, end } = value;
    converter.problems.push({
      start,
      end,
      summary: "Incorrect JSON value type",
      detail: `${what} must be a JSON object.`,
    });
  }
  return [];
};

const bodyItems = (
  converter: Converter,
  object: ObjectExpression,
  shapes: { readonly [type: string]: Shape },
): (Attribute | Block)[] =>
  object.items.flatMap((item): (Attribute | Block)[] => {
    const name = literalString(item.key) ?? "";
    if (name === "//") {
      addComment(converter, item.value);
      return [];
    }
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (!shape) return [attribute(item, name)];
    return blocks(converter, item, { type: name, typeEnd: item.key.end, shape, labels: [] });
  });

const attribute = ({ start, end, key, separator, value }: ObjectItem, name: string): Attribute => ({
  kind: "attribute",
  start,
  end,
  name,
  nameEnd: key.end,
  equals: separator,
  value,
});

interface Header {
  readonly type: string;
  readonly typeEnd: number;
  readonly shape: Shape;
  readonly labels: readonly Label[];
}

const blocks = (converter: Converter, item: ObjectItem, header: Header): Block[] =>
  objectsOf(converter, item.value, `"${header.type}"`).flatMap((object) => {
    if (header.labels.length === header.shape.labels) return [block(converter, item, object, header)];
    return object.items.flatMap((inner) => {
      const value = literalString(inner.key) ?? "";
      if (value === "//") {
        addComment(converter, inner.value);
        return [];
      }
      const label: Label = { kind: "label", start: inner.key.start, end: inner.key.end, quoted: true, value };
      return blocks(converter, inner, { ...header, labels: [...header.labels, label] });
    });
  });

const block = (converter: Converter, item: ObjectItem, object: ObjectExpression, header: Header): Block => {
  const { type, typeEnd, labels, shape } = header;
  // In a list of blocks each has its own object; the key belongs to the first.
  const isFirst = item.value === object || (item.value.kind === "tuple" && item.value.items[0] === object);
  const start = isFirst ? item.start : object.start;
  const bodyStart = object.start + 1;
  // An object that damage cut short has no closing brace.
  const last = object.end - 1;
  const isClosed = converter.latin1.charCodeAt(last) === BRACE_CLOSE && (object.items.at(-1)?.end ?? bodyStart) <= last;
  const close = isClosed ? last : -1;
  const items = bodyItems(converter, object, shape.blocks ?? NO_SHAPES);
  const body: Body = { kind: "body", start: bodyStart, end: close < 0 ? object.end : close, items };
  return {
    kind: "block",
    start,
    end: object.end,
    type,
    typeEnd,
    labels,
    headerEnd: item.key.end,
    open: object.start,
    close,
    body,
  };
};
