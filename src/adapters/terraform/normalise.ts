/**
 * A plan's JSON as what it would do: sorted, without what varies between two plans of the same thing, and with every
 * sensitive value replaced by a keyed mark. Pure.
 */
import { createHash, createHmac } from "node:crypto";
import type { Action, Plan, PlannedChange } from "./types.ts";

export interface NormalisedPlan extends Omit<Plan, "file" | "warnings"> {}

interface RawChange {
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: unknown;
  readonly importing?: unknown;
}

/** As `terraform show -json PLAN` prints it (format 1.x). */
export interface RawPlan {
  readonly format_version?: string;
  readonly terraform_version?: string;
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly previous_address?: string;
    readonly mode?: string;
    readonly type: string;
    readonly provider_name?: string;
    readonly deposed?: string;
    readonly change: RawChange;
  }[];
  readonly output_changes?: { readonly [name: string]: RawChange };
}

export const UNKNOWN = "(known after apply)";

export function normalisePlan(plan: RawPlan, digestKey: string | Uint8Array): NormalisedPlan {
  const mark = (value: unknown) => `hmac:${createHmac("sha256", digestKey).update(canonical(value)).digest("hex")}`;
  const resources = (plan.resource_changes ?? [])
    .map((raw) => ({ raw, action: actionOf(raw.change.actions ?? [], raw.previous_address, raw.change.importing) }))
    .filter(({ action }) => action !== "no-op")
    .sort((a, b) => order(a.raw.address, b.raw.address) || order(a.raw.deposed ?? "", b.raw.deposed ?? ""));
  const changes = resources.map(
    ({ raw, action }): PlannedChange => ({
      address: raw.deposed ? `${raw.address} (deposed ${raw.deposed})` : raw.address,
      type: raw.type,
      action,
      ...sides(raw.change, mark),
    }),
  );
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, change]) => actionOf(change.actions ?? []) !== "no-op")
    .sort(([a], [b]) => order(a, b))
    .map(([name, change]) => ({ name, actions: change.actions, ...sides(change, mark) }));
  const exact = resources.map(({ raw }, i) => ({
    ...changes[i],
    actions: raw.change.actions,
    provider: raw.provider_name,
    moved: raw.previous_address,
    importing: raw.change.importing,
    replacePaths: raw.change.replace_paths,
  }));
  return {
    digest: createHash("sha256")
      .update(canonical({ resources: exact, outputs }))
      .digest("hex"),
    changes,
    counts: countsOf(changes),
    empty: changes.every((change) => change.action === "read") && outputs.length === 0,
    text: textOf(changes, outputs),
    terraformVersion: plan.terraform_version ?? "",
  };
}

function actionOf(actions: readonly string[], movedFrom?: string, importing?: unknown): Action {
  const has = (name: string) => actions.includes(name);
  if (has("create") && (has("delete") || has("forget"))) return "replace";
  if (has("create")) return "create";
  if (has("delete")) return "delete";
  if (has("update")) return "update";
  if (has("forget")) return "forget";
  if (has("read")) return "read";
  // A move or an import changes the state even where no attribute changes.
  return movedFrom !== undefined || importing !== undefined ? "update" : "no-op";
}

const sides = (change: RawChange, mark: (value: unknown) => string) => ({
  before: masked(change.before ?? null, change.before_sensitive, mark),
  after: masked(withUnknown(change.after ?? null, change.after_unknown), change.after_sensitive, mark),
});

/** Masks mirror the value: `true` where the whole is sensitive, else objects and lists of masks. */
function masked(value: unknown, mask: unknown, mark: (value: unknown) => string): unknown {
  if (value === null) return null;
  if (mask === true) return mark(value);
  return mirrored(value, mask, (inner, innerMask) => masked(inner, innerMask, mark));
}

function withUnknown(value: unknown, mask: unknown): unknown {
  if (mask === true) return UNKNOWN;
  if (!isRecord(mask) && !Array.isArray(mask)) return value;
  // An attribute that is not known is missing from the value altogether.
  if (isRecord(mask) && (isRecord(value) || value === null)) {
    const names = new Set([...Object.keys(value ?? {}), ...Object.keys(mask)]);
    const filled = [...names].flatMap((name) => {
      const inner = withUnknown(value?.[name], mask[name]);
      return inner === undefined ? [] : [[name, inner] as const];
    });
    return filled.length === 0 && value === null ? null : Object.fromEntries(filled);
  }
  return mirrored(value, mask, withUnknown);
}

function mirrored(value: unknown, mask: unknown, inner: (value: unknown, mask: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, i) => inner(item, Array.isArray(mask) ? mask[i] : undefined));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, inner(item, isRecord(mask) ? mask[name] : undefined)]),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** JSON with sorted keys: equal values, equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => order(a, b))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`)
    .join(",")}}`;
}

function countsOf(changes: readonly PlannedChange[]): Plan["counts"] {
  const count = (action: Action) => changes.filter((change) => change.action === action).length;
  return { add: count("create"), change: count("update"), replace: count("replace"), destroy: count("delete") };
}

const SIGNS: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  replace: "-/+",
  delete: "-",
  read: "<=",
  forget: ".",
  "no-op": " ",
};
const MOST_LINES = 400;

function textOf(
  changes: readonly PlannedChange[],
  outputs: readonly { readonly name: string; readonly before: unknown; readonly after: unknown }[],
): string {
  const lines = changes.flatMap((change) => [
    `${SIGNS[change.action]} ${change.address}`,
    ...differences(change.before, change.after, ""),
  ]);
  for (const output of outputs) {
    lines.push(`~ output.${output.name}`, ...differences({ value: output.before }, { value: output.after }, ""));
  }
  if (lines.length <= MOST_LINES) return lines.join("\n");
  return [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines`].join("\n");
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (canonical(before) === canonical(after)) return [];
  const nested = (value: unknown) => isRecord(value) || value === null || value === undefined;
  if ((isRecord(before) || isRecord(after)) && nested(before) && nested(after)) {
    const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort(order);
    return names.flatMap((name) =>
      differences(
        isRecord(before) ? before[name] : undefined,
        isRecord(after) ? after[name] : undefined,
        path ? `${path}.${name}` : name,
      ),
    );
  }
  return [`    ${path || "value"}: ${shown(before)} -> ${shown(after)}`];
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return "(none)";
  if (value === UNKNOWN) return UNKNOWN;
  const text = JSON.stringify(value).replace(/"hmac:[0-9a-f]{64}"/g, "(sensitive)");
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
