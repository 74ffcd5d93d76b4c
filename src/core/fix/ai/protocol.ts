/**
 * What a model may answer: operations, not code. The schema on the wire is flat and without bounds (Gemini rejects rich
 * ones); everything else is checked here, and an answer that is wrong in any way is refused as a whole.
 */
import { z } from "zod";
import type { BlockBody, FixOperation, FixValue } from "../../model/patch.ts";

export const PROTOCOL_VERSION = "1";

const text = { type: "string" } as const;
const lines = { type: "array", items: text } as const;
const OP_FIELDS = [
  "kind",
  "address",
  "path",
  "valueKind",
  "value",
  "firstId",
  "lastId",
  "oldLines",
  "newLines",
] as const;
const FIELDS = ["verdict", "findingId", "evidence", "ops", "rationale", "declineReason"] as const;

/** Fields are written in the order of `required`: who it is about, the evidence, then the edit. */
export const ANSWER_SCHEMA = {
  type: "object",
  required: FIELDS,
  properties: {
    verdict: { type: "string", enum: ["patch", "decline"] },
    findingId: text,
    evidence: text,
    ops: {
      type: "array",
      items: {
        type: "object",
        required: OP_FIELDS,
        properties: {
          kind: { type: "string", enum: ["set_attribute", "remove_attribute", "add_block", "replace_lines"] },
          address: text,
          path: text,
          valueKind: { type: "string", enum: ["none", "bool", "number", "string", "reference", "list"] },
          value: text,
          firstId: text,
          lastId: text,
          oldLines: lines,
          newLines: lines,
        },
      },
    },
    rationale: text,
    declineReason: text,
  },
} as const;

/** Control, format (bidi, zero-width, tags), private-use and line-separator characters have no business in an answer. */
const clean = (most: number) =>
  z
    .string()
    .max(most)
    .refine((s) => !/[\p{Cf}\p{Co}\p{Cn}\u2028\u2029]|[^\P{Cc}\t]/u.test(s), "holds invisible characters");

const operation = z.strictObject({
  kind: z.enum(["set_attribute", "remove_attribute", "add_block", "replace_lines"]),
  address: clean(300),
  path: clean(120),
  valueKind: z.enum(["none", "bool", "number", "string", "reference", "list", ""]),
  value: clean(2000),
  firstId: clean(12),
  lastId: clean(12),
  oldLines: z.array(clean(2000)).max(60),
  newLines: z.array(clean(2000)).max(60),
});

const answer = z.strictObject({
  verdict: z.enum(["patch", "decline"]),
  findingId: clean(80),
  evidence: clean(400),
  ops: z.array(operation).max(8),
  rationale: clean(600),
  declineReason: clean(600),
});

export type WireOperation = z.infer<typeof operation>;
export type WireAnswer = z.infer<typeof answer>;

export interface Refusal {
  /** Closed codes, fit to be told to the next attempt. */
  readonly code:
    | "NOT_IN_SCHEMA"
    | "OTHER_FINDING"
    | "EMPTY"
    | "OTHER_ADDRESS"
    | "BAD_PATH"
    | "BAD_VALUE"
    | "UNKNOWN_LINE"
    | "LOCKED_LINE"
    | "OLD_LINES_DIFFER"
    | "NOT_UNIQUE"
    | "OVERLAP"
    | "UNKNOWN_SURROGATE";
  /** Names fields and line ids, never text of the answer or of the repository. */
  readonly detail: string;
}

export function parseAnswer(
  json: unknown,
  findingId: string,
): { ok: true; answer: WireAnswer } | { ok: false; refusal: Refusal } {
  const parsed = answer.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.map(String).join(".") ?? "";
    return refuse("NOT_IN_SCHEMA", `${where}: ${issue?.code ?? "invalid"}`);
  }
  if (parsed.data.findingId !== findingId) return refuse("OTHER_FINDING", "findingId");
  if (parsed.data.verdict === "patch" && parsed.data.ops.length === 0) return refuse("EMPTY", "ops");
  return { ok: true, answer: parsed.data };
}

const refuse = (code: Refusal["code"], detail: string) => ({ ok: false, refusal: { code, detail } }) as const;

const PATH = /^[A-Za-z_][\w-]*(\.(\d{1,4}|[A-Za-z_][\w-]*))*$/;
const REFERENCE = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*|\[\d{1,4}\]|\["[\w-]{1,60}"\])*$/;

/** The operation for the editor; `restored` gives the real values back. Line replacements are read elsewhere. */
export function toOperation(
  op: WireOperation,
  restored: (text: string) => string | undefined,
): { ok: true; operation: FixOperation } | { ok: false; refusal: Refusal } {
  if (!PATH.test(op.path)) return refuse("BAD_PATH", op.kind);
  if (op.kind === "remove_attribute") return { ok: true, operation: { op: "remove", path: op.path } };
  if (op.kind === "set_attribute") {
    const value = readValue(op.valueKind, op.value, restored);
    if (value === undefined) return refuse("BAD_VALUE", op.path);
    return { ok: true, operation: { op: "set", path: op.path, value } };
  }
  const body = readBody(op.newLines, restored);
  return body ? { ok: true, operation: { op: "add-block", path: op.path, body } } : refuse("BAD_VALUE", op.path);
}

function readValue(
  kind: WireOperation["valueKind"],
  value: string,
  restored: (text: string) => string | undefined,
): FixValue | undefined {
  if (kind === "bool") return value === "true" ? true : value === "false" ? false : undefined;
  if (kind === "number") return /^-?\d{1,15}(\.\d{1,6})?$/.test(value) ? Number(value) : undefined;
  if (kind === "reference") return REFERENCE.test(value) && value.includes(".") ? { ref: value } : undefined;
  // A literal stays one: nothing in it is evaluated.
  if (kind === "string") return /[$%]\{/.test(value) ? undefined : restored(value);
  if (kind !== "list") return undefined;
  try {
    const items: unknown = JSON.parse(value);
    if (!Array.isArray(items) || items.length > 50) return undefined;
    const read = items.map((item) => {
      if (typeof item === "string") return readValue("string", item, restored);
      return typeof item === "number" || typeof item === "boolean" ? item : undefined;
    });
    return read.some((item) => item === undefined) ? undefined : (read as FixValue);
  } catch {
    return undefined;
  }
}

/** Lines of `name = value`, values as in HCL: true, 7, "text", or a reference. */
function readBody(given: readonly string[], restored: (text: string) => string | undefined): BlockBody | undefined {
  const attributes: Record<string, FixValue> = {};
  for (const line of given.filter((one) => one.trim() !== "")) {
    const [, name, raw] = /^\s*([A-Za-z_][\w-]*)\s*=\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || raw === undefined) return undefined;
    const value = readLiteral(raw, restored);
    if (value === undefined) return undefined;
    attributes[name] = value;
  }
  return { attributes };
}

function readLiteral(raw: string, restored: (text: string) => string | undefined): FixValue | undefined {
  if (raw === "true" || raw === "false") return readValue("bool", raw, restored);
  if (/^-?\d/.test(raw)) return readValue("number", raw, restored);
  const quoted = /^"([^"\\]*)"$/.exec(raw);
  if (quoted) return readValue("string", quoted[1] ?? "", restored);
  return raw.startsWith("[") ? readValue("list", raw, restored) : readValue("reference", raw, restored);
}
