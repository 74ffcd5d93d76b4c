/** One operation of a fixer, on whatever format the resource was read from. */
import type { FixOperation } from "../model/patch.ts";
import type { Resource } from "../model/resource.ts";
import type { SourceRange } from "../model/source-range.ts";
import { operateDockerfile } from "./operate-dockerfile.ts";
import { operateHcl } from "./operate-hcl.ts";
import { operateTemplate } from "./operate-template.ts";
import { operateYaml } from "./operate-yaml.ts";
import type { WorkingFiles } from "./working-files.ts";

/** The files with the operation carried out, or why it cannot be. */
export type Step =
  | { readonly ok: true; readonly files: WorkingFiles }
  | { readonly ok: false; readonly why: string; readonly at?: SourceRange };

export function operate(operation: FixOperation, target: Resource, files: WorkingFiles): Step {
  const { origin } = target;
  if (origin.kind === "live") return { ok: false, why: "It was seen in an account: there is no code to edit." };
  if (/(?:^|\/)\.terraform\//.test(origin.range.file))
    return {
      ok: false,
      why: "It is written in a module of someone else: fix it there, or pass another argument.",
      at: origin.header,
    };
  const ignored = ignoredBy(operation, target);
  if (ignored) return { ok: false, why: ignored, at: origin.header };
  switch (origin.format) {
    case "terraform":
      return operateHcl(operation, target, origin, files);
    case "kubernetes":
    case "workflow":
      return operateYaml(operation, target, origin, files);
    case "cloudformation":
      return operateTemplate({ operation, resource: target, origin }, files);
    case "dockerfile":
      return operateDockerfile(operation, target, origin, files);
    default:
      return { ok: false, why: `Draco cannot edit ${origin.format} yet.`, at: origin.header };
  }
}

/** Terraform would not apply what lifecycle.ignore_changes names. */
function ignoredBy(operation: FixOperation, target: Resource): string | undefined {
  const ignored = target.lifecycle?.ignoreChanges;
  if (ignored === undefined || operation.op === "add-resource") return undefined;
  if (ignored === "all") return "lifecycle.ignore_changes = all: Terraform would not apply the change.";
  const hit = ignored.find((path) => covers(path, operation.path) || covers(operation.path, path));
  return hit === undefined ? undefined : `lifecycle.ignore_changes names ${hit}: Terraform would not apply the change.`;
}

const plain = (path: string): string =>
  path
    .replace(/\[(?:"([^"]*)"|(\d+))\]/g, ".$1$2")
    .split(".")
    .filter((part) => !/^\d+$/.test(part))
    .join(".");
const covers = (outer: string, inner: string): boolean => `${plain(inner)}.`.startsWith(`${plain(outer)}.`);
