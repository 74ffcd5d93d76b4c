/**
 * Files in, resources out. Awaits nothing but code: a format's reader is loaded when the first file of its kind is met,
 * so that a scan does not pay for formats that it does not see.
 */
import type { Diagnostic, Skipped } from "../model/finding.ts";
import type { Format } from "../model/resource.ts";
import type { SourceFile } from "../model/source-range.ts";
import { detectFormat } from "./detect.ts";
import type { Reading } from "./reading.ts";
import type { TerraformMemory } from "./terraform/memory.ts";
import type { TerraformInput } from "./terraform/read-terraform.ts";

export interface ReadOptions {
  /** Paths of further variable files, relative to the scan root, in the order given. */
  readonly varFiles?: readonly string[];
  /** TF_VAR_ values by variable name. */
  readonly variables?: { readonly [name: string]: string };
  /** Parser of Terraform files to use instead of Draco's own: a cache by content. */
  readonly parse?: NonNullable<TerraformInput["parse"]>;
  /** What earlier readings of the same repository came to. */
  readonly memory?: TerraformMemory;
}

/**
 * Reads every format that it finds in these files. Files of no format are offered to Terraform (`file()`, variable
 * files) and listed as skipped where their name made them candidates.
 */
export async function readFiles(files: readonly SourceFile[], options: ReadOptions = {}): Promise<Reading> {
  const byFormat = new Map<Format, SourceFile[]>();
  const skipped: Skipped[] = [];
  for (const file of files) {
    const format = detectFormat(file.path, file.bytes);
    if (format === undefined) {
      if (/\.(?:ya?ml|json|template)$/i.test(file.path) && !isCompanion(file.path))
        skipped.push({ path: file.path, reason: "not infrastructure code" });
      continue;
    }
    const list = byFormat.get(format);
    if (list) list.push(file);
    else byFormat.set(format, [file]);
  }

  const readings: Reading[] = [];
  // Plans come last: the sources beside them give their resources line numbers.
  const plans = byFormat.get("plan") ?? [];
  byFormat.delete("plan");
  const diagnostics: Diagnostic[] = [];
  for (const [format, found] of byFormat) {
    try {
      readings.push(await readFormat(format, found, files, options));
    } catch (thrown) {
      diagnostics.push(readerFailed(format, found, thrown));
    }
  }
  if (plans.length > 0) {
    const { readPlan } = await import("./terraform/read-plan.ts");
    const sources = readings.flatMap((r) => r.stacks).filter((stack) => stack.format === "terraform");
    for (const plan of plans)
      readings.push(
        readPlan(
          plan.bytes,
          plan.path,
          sources.filter((s) => isBeside(s.path, plan.path)).flatMap((s) => s.resources),
        ),
      );
  }
  return {
    stacks: readings.flatMap((r) => r.stacks),
    comments: readings.flatMap((r) => r.comments),
    diagnostics: [...readings.flatMap((r) => r.diagnostics), ...diagnostics],
    skipped: [...readings.flatMap((r) => r.skipped), ...skipped],
  };
}

async function readFormat(
  format: Format,
  files: readonly SourceFile[],
  everything: readonly SourceFile[],
  options: ReadOptions,
): Promise<Reading> {
  switch (format) {
    case "terraform":
      return (await import("./terraform/read-terraform.ts")).readTerraform({ files: everything, ...options });
    case "cloudformation":
      return (await import("./cloudformation/read.ts")).readCloudFormation(files);
    case "dockerfile":
      return (await import("./dockerfile/read.ts")).readDockerfiles(files);
    case "kubernetes":
      return (await import("./kubernetes/read.ts")).readKubernetes(files);
    case "workflow":
      return (await import("./workflows/read.ts")).readWorkflows(files);
    default:
      return { stacks: [], comments: [], diagnostics: [], skipped: files.map(noReader) };
  }
}

const noReader = (file: SourceFile): Skipped => ({ path: file.path, reason: "no reader for this format" });

/** A plan speaks of the root module in its own directory. */
const isBeside = (stack: string, plan: string): boolean =>
  (stack === "." ? "" : stack) === plan.slice(0, Math.max(0, plan.lastIndexOf("/")));

/** Files that belong to others and are never told as skipped. */
const isCompanion = (path: string): boolean => /(?:^|\/)\.terraform\/|\.(?:auto\.)?tfvars\.json$/.test(path);

/** A reader that throws is a bug in Draco: its files are told as an error, and the other formats go on. */
const readerFailed = (format: Format, files: readonly SourceFile[], thrown: unknown): Diagnostic => ({
  severity: "error",
  summary: `Reading ${format} failed (${files.length} files)`,
  detail: `${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}. This is a bug in Draco.`,
  file: files[0]?.path ?? "",
  line: 1,
  column: 1,
});
