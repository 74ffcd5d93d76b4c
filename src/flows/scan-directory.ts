/** `draco scan PATH`: walk, read, judge, report. No database, no network. */
import type { Tree, TreeOptions } from "../adapters/files/read-tree.ts";
import type { Severity } from "../core/model/finding.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { isTerraformFile, mayBeInfrastructure } from "../core/read/candidates.ts";
import { readFiles } from "../core/read/read-files.ts";
import type { RootReport, ScanReport } from "../core/report/scan-report.ts";
import type { Baseline } from "../core/rules/baseline.ts";
import { loadAllRules, loadRulesFor } from "../core/rules/registry.ts";
import type { Rule } from "../core/rules/rule.ts";
import type { Waiver } from "../core/rules/suppress.ts";
import { type JudgedRoot, judgeRoot, type RootInput, reportRoot, reportScan } from "../core/scan.ts";

/** What the flow asks of the disk. Paths it gives are absolute. */
export interface ScanDeps {
  /** What a path is, undefined where nothing is there. */
  kindOf(path: string): "file" | "directory" | undefined;
  readTree(root: string, options: Pick<TreeOptions, "wants" | "shallow" | "onProgress">): Tree;
  readSome(root: string, paths: readonly string[]): readonly SourceFile[];
  /** One file wherever it lies, since somebody named it; undefined where it cannot be read. */
  readFile(path: string): Uint8Array | undefined;
  repositoryOf(directory: string): string | undefined;
  relativePath(from: string, to: string): string;
  /** Files that differ from a git revision, as absolute paths. */
  changedSince(directory: string, revision: string): Promise<readonly string[]>;
  readonly onProgress?: (message: string) => void;
}

export interface ScanOptions {
  /** Absolute paths of directories and files; `shown` is how the person wrote them. */
  readonly paths: readonly { readonly path: string; readonly shown: string }[];
  /** ISO date, for suppressions that expire. */
  readonly today: string;
  readonly profile?: "default" | "strict";
  readonly rules?: readonly string[];
  readonly severity?: Severity;
  readonly allResults?: boolean;
  /** Load every rule there is, so that `aliases` is complete. */
  readonly everyRule?: boolean;
  /** Absolute paths. */
  readonly varFiles?: readonly string[];
  readonly variables?: { readonly [name: string]: string };
  readonly baseline?: Baseline;
  readonly changedSince?: string;
  readonly extraRules?: readonly Rule[];
  readonly waivers?: readonly Waiver[];
}

/** One path, judged, with what a fix or a baseline needs beside the report. */
export interface ScannedRoot {
  /** Absolute directory that the files' paths are relative to. */
  readonly directory: string;
  readonly input: RootInput;
  readonly judged: JudgedRoot;
  readonly report: RootReport;
}

export interface Scanned {
  readonly report: ScanReport;
  readonly roots: readonly ScannedRoot[];
  readonly rules: readonly Rule[];
}

export class PathNotFound extends Error {}

export async function scanDirectories(deps: ScanDeps, options: ScanOptions): Promise<Scanned> {
  const inputs: { directory: string; input: RootInput }[] = [];
  for (const { path, shown } of options.paths) inputs.push(await readRoot(deps, path, shown, options));

  const types = new Set<string>();
  for (const { input } of inputs)
    for (const stack of input.reading.stacks) for (const resource of stack.resources) types.add(resource.type);
  const own = options.everyRule ? await loadAllRules() : await loadRulesFor(types);
  const rules = [...own, ...(options.extraRules ?? [])];

  const roots = inputs.map(({ directory, input }): ScannedRoot => {
    const judged = judgeRoot(input, {
      rules,
      today: options.today,
      keep: options.allResults ? "all" : "failures",
      ...(options.profile && { profile: options.profile }),
      ...(options.rules && { only: options.rules }),
      ...(options.severity && { severity: options.severity }),
      ...(options.waivers && { waivers: options.waivers }),
      ...(options.baseline && { baseline: options.baseline }),
    });
    return { directory, input, judged, report: reportRoot(input, judged, rules) };
  });
  const report = reportScan(
    roots.map((root) => root.report),
    rules,
  );
  return { report, roots, rules };
}

async function readRoot(
  deps: ScanDeps,
  path: string,
  shown: string,
  options: ScanOptions,
): Promise<{ directory: string; input: RootInput }> {
  const kind = deps.kindOf(path);
  if (kind === undefined) throw new PathNotFound(`There is nothing at ${shown}`);
  const slash = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  const directory = kind === "directory" ? path : path.slice(0, slash) || "/";
  const asked = kind === "file" ? path.slice(slash + 1) : undefined;

  const tree = deps.readTree(directory, {
    wants: asked === undefined ? mayBeInfrastructure : (file) => file === asked || isModuleFile(asked, file),
    ...(asked !== undefined && { shallow: !isTerraform(asked) }),
    onProgress: (files) => deps.onProgress?.(`${shown}: ${files} files read`),
  });
  const named = filesNamedInCode(tree);
  const varFiles = (options.varFiles ?? []).map((file) => variableFile(deps, directory, file));
  const taken = new Set(varFiles.map((file) => file.path));
  const files = [
    ...tree.files.filter((file) => !taken.has(file.path)),
    ...varFiles,
    ...(named.length > 0 ? deps.readSome(directory, named) : []),
  ];
  deps.onProgress?.(`${shown}: ${files.length} files read`);

  const reading = await readFiles(files, {
    ...(options.varFiles && { varFiles: varFiles.map((file) => file.path) }),
    ...(options.variables && { variables: options.variables }),
  });
  const changed = options.changedSince
    ? new Set((await deps.changedSince(directory, options.changedSince)).map((f) => deps.relativePath(directory, f)))
    : undefined;
  const repository = deps.repositoryOf(directory);
  const wanted =
    asked !== undefined ? (file: string) => file === asked : changed && ((file: string) => changed.has(file));
  return {
    directory,
    input: {
      root: shown,
      repositoryPath: repository === undefined ? "" : deps.relativePath(repository, directory),
      files,
      reading: {
        ...reading,
        diagnostics: [...tree.diagnostics, ...reading.diagnostics],
        skipped:
          asked === undefined ? [...tree.skipped, ...reading.skipped] : reading.skipped.filter((s) => s.path === asked),
      },
      ...(wanted && { onlyFiles: wanted }),
    },
  };
}

/** A file given with --var-file may lie outside the root: it is named, not found. */
function variableFile(deps: ScanDeps, directory: string, file: string): SourceFile {
  const bytes = deps.readFile(file);
  if (!bytes) throw new PathNotFound(`The variables file ${file} cannot be read`);
  return { path: deps.relativePath(directory, file), bytes };
}

/** One file of a module cannot be understood alone: the module's other files and its local modules come with it. */
const isModuleFile = (asked: string, path: string): boolean => isTerraform(asked) && isTerraformFile(path);

const isTerraform = (path: string): boolean => /\.(?:tf|tofu)(?:\.json)?$/i.test(path);

const NAMES_FILE = /\b(?:file\w*|templatefile)\(\s*"([^"]+)"/g;

/** Files that Terraform code reads by name (`file("${path.module}/policy.json")`), among those not read yet. */
function filesNamedInCode(tree: Tree): readonly string[] {
  if (tree.others.length === 0) return [];
  const names = new Set<string>();
  const decoder = new TextDecoder();
  for (const file of tree.files) {
    if (!isTerraform(file.path)) continue;
    const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
    if (!bytes.includes("file")) continue;
    for (const match of decoder.decode(file.bytes).matchAll(NAMES_FILE)) {
      const name = (match[1] ?? "").split("/").at(-1);
      if (name) names.add(name);
    }
  }
  return names.size === 0 ? [] : tree.others.filter((path) => names.has(path.slice(path.lastIndexOf("/") + 1)));
}
