/** The gates that a patch by a model passes before it is read and judged again, cheap to dear; the first refusal counts. */
import type { Edit } from "../../model/patch.ts";
import type { SourceFile } from "../../model/source-range.ts";
import { parseHcl } from "../../read/hcl/parse.ts";
import { findSecrets } from "../redact/detect.ts";
import { type GateName, type Rejection, reject } from "./gate.ts";
import { type Scope, structureGate } from "./structure.ts";
import { filesGate, sizeGate, suppressionGate, widerAccessGate } from "./text.ts";

export interface Proposed {
  readonly edits: readonly Edit[];
  /** Files that differ. */
  readonly changed: readonly { readonly before: SourceFile; readonly after: SourceFile }[];
  readonly allowedFiles: readonly string[];
  readonly scope: Scope;
}

export const GATES: readonly GateName[] = [
  "size",
  "files",
  "parse",
  "structure",
  "wider-access",
  "secrets",
  "suppression",
];

export function runGates(proposed: Proposed): Rejection | undefined {
  const before = new Map(proposed.changed.map(({ before: file }) => [file.path, file.bytes]));
  const replaced = (edit: Edit): string => decode(before.get(edit.file)?.subarray(edit.start, edit.end));
  return (
    sizeGate(proposed.edits, replaced) ??
    filesGate(proposed.edits, proposed.allowedFiles) ??
    first(proposed.changed, (file) => syntaxGates(file, proposed.scope)) ??
    first(proposed.changed, (file) => textGates(decode(file.before.bytes), decode(file.after.bytes)))
  );
}

function syntaxGates(file: Proposed["changed"][number], scope: Scope): Rejection | undefined {
  const before = parseHcl(file.before.bytes, file.before.path);
  const after = parseHcl(file.after.bytes, file.after.path);
  if (after.diagnostics.length > before.diagnostics.length) {
    return reject("parse", "NOT_READABLE", after.diagnostics[0]?.summary ?? "the file cannot be read any more");
  }
  return structureGate(before, after, scope);
}

/** Whole files are compared, so that nothing can hide in how edits are cut. */
function textGates(before: string, after: string): Rejection | undefined {
  const wider = widerAccessGate(before, after);
  if (wider) return wider;
  if (findSecrets(after).length > findSecrets(before).length)
    return reject("secrets", "ADDS_SECRET", "adds a secret", true);
  return suppressionGate(linesAdded(before, after));
}

function linesAdded(before: string, after: string): string {
  const known = new Set(before.split("\n"));
  return after
    .split("\n")
    .filter((line) => !known.has(line))
    .join("\n");
}

const first = <T>(items: readonly T[], gate: (item: T) => Rejection | undefined): Rejection | undefined => {
  for (const item of items) {
    const rejection = gate(item);
    if (rejection) return rejection;
  }
  return undefined;
};

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes ?? new Uint8Array());
