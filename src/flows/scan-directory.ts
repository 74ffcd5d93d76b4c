/** `draco scan PATH`: walk, read, judge, report. No database, no network. */
import type { Tree, TreeOptions } from "../adapters/files/read-tree.ts";
import type { Diagnostic, Severity, Skipped } from "../core/model/finding.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { isTerraformFile, mayBeInfrastructure } from "../core/read/candidates.ts";
import { matchesPath } from "../core/read/globs.ts";
import { readFiles } from "../core/read/read-files.ts";
import type { RootReport, ScanReport } from "../core/report/scan-report.ts";
import type { Baseline } from "../core/rules/baseline.ts";
import { joinPath } from "../core/rules/engine.ts";
import { loadAllRules, loadRulesFor } from "../core/rules/registry.ts";
import type { Rule } from "../core/rules/rule.ts";
import type { Waiver } from "../core/rules/suppress.ts";
import { type JudgedRoot, type Judging, judgeRoot, type RootInput, reportRoot, reportScan } from "../core/scan.ts";

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
  /** What a repository says of its own scans (`.github/draco.yml`), undefined where it says nothing. */
  readPolicy(repository: string): Promise<RepositoryPolicy | undefined>;
  /** Files that differ from a git revision, as absolute paths. */
  changedSince(directory: string, revision: string): Promise<readonly string[]>;
  readonly onProgress?: (message: string) => void;
}

/** The part of a repository's policy that a scan follows. What the command line says goes before it. */
export interface RepositoryPolicy {
  readonly profile: "default" | "strict";
  readonly severity: Severity;
  readonly failOn: Severity | "none";
  /** Globs from the repository's root: only these (all where none are named), and not these. */
  readonly paths: readonly string[];
  readonly ignore: readonly string[];
  readonly disable: readonly string[];
  readonly rules: readonly Rule[];
  readonly waivers: readonly Waiver[];
  /** What is wrong with the policy itself. */
  readonly diagnostics: readonly Diagnostic[];
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
}

/** One path, judged, with what a fix or a baseline needs beside the report. */
export interface ScannedRoot {
  /** Absolute directory that the files' paths are relative to. */
  readonly directory: string;
  readonly input: RootInput;
  readonly judged: JudgedRoot;
  readonly report: RootReport;
  readonly policy?: RepositoryPolicy;
}

export interface Scanned {
  readonly report: ScanReport;
  readonly roots: readonly ScannedRoot[];
  readonly rules: readonly Rule[];
}

export class PathNotFound extends Error {}

interface ReadRoot {
  readonly directory: string;
  readonly input: RootInput;
  readonly policy?: RepositoryPolicy;
}

export async function scanDirectories(deps: ScanDeps, options: ScanOptions): Promise<Scanned> {
  const read: ReadRoot[] = [];
  for (const { path, shown } of options.paths) read.push(await readRoot(deps, path, shown, options));

  const types = new Set<string>();
  for (const { input } of read)
    for (const stack of input.reading.stacks) for (const resource of stack.resources) types.add(resource.type);
  const builtIn = options.everyRule ? await loadAllRules() : await loadRulesFor(types);

  const roots = read.map((root): ScannedRoot => {
    const rules = [...builtIn, ...(root.policy?.rules ?? [])];
    const judged = judgeRoot(root.input, judgingOf(options, root.policy, rules));
    return { ...root, judged, report: reportRoot(root.input, judged, rules) };
  });
  const rules = [
    ...new Map([...builtIn, ...read.flatMap((r) => r.policy?.rules ?? [])].map((r) => [r.id, r])).values(),
  ];
  const report = reportScan(
    roots.map((root) => root.report),
    rules,
  );
  return { report, roots, rules };
}

function judgingOf(options: ScanOptions, policy: RepositoryPolicy | undefined, rules: readonly Rule[]): Judging {
  const profile = options.profile ?? policy?.profile;
  const severity = options.severity ?? policy?.severity;
  return {
    rules,
    today: options.today,
    keep: options.allResults ? "all" : "failures",
    ...(profile && { profile }),
    ...(severity && { severity }),
    ...(options.rules && { only: options.rules }),
    ...(policy && { except: policy.disable, waivers: policy.waivers }),
    ...(options.baseline && { baseline: options.baseline }),
  };
}

async function readRoot(deps: ScanDeps, path: string, shown: string, options: ScanOptions): Promise<ReadRoot> {
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
  const repository = deps.repositoryOf(directory);
  const repositoryPath = repository === undefined ? "" : deps.relativePath(repository, directory);
  const policy = await deps.readPolicy(repository ?? directory);

  const varFiles = (options.varFiles ?? []).map((file) => variableFile(deps, directory, file));
  const taken = new Set(varFiles.map((file) => file.path));
  const leftOut = new Set(
    tree.files.filter((file) => policy && !isWanted(policy, joinPath(repositoryPath, file.path))).map((f) => f.path),
  );
  const files = [
    ...tree.files.filter((file) => !taken.has(file.path) && !leftOut.has(file.path)),
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
  const wanted =
    asked !== undefined ? (file: string) => file === asked : changed && ((file: string) => changed.has(file));
  return {
    directory,
    input: {
      root: shown,
      repositoryPath,
      files,
      reading: {
        ...reading,
        diagnostics: [...(policy?.diagnostics ?? []), ...tree.diagnostics, ...reading.diagnostics],
        skipped:
          asked === undefined
            ? [...tree.skipped, ...[...leftOut].map(ignoredByPolicy), ...reading.skipped]
            : reading.skipped.filter((s) => s.path === asked),
      },
      ...(wanted && { onlyFiles: wanted }),
    },
    ...(policy && { policy }),
  };
}

const isWanted = (policy: RepositoryPolicy, path: string): boolean =>
  (policy.paths.length === 0 || policy.paths.some((glob) => matchesPath(glob, path))) &&
  !policy.ignore.some((glob) => matchesPath(glob, path));

const ignoredByPolicy = (path: string): Skipped => ({ path, reason: "left out by .github/draco.yml" });

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
