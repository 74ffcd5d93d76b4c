/** Reads what lies at one path, with the variables, modules and policy that belong to it. */
import { posix } from "node:path";
import type { Tree } from "../adapters/files/read-tree.ts";
import type { SourceFile } from "../core/model/source-range.ts";
import { isTerraformFile, mayBeInfrastructure } from "../core/read/candidates.ts";
import { readFiles } from "../core/read/read-files.ts";
import { joinPath } from "../core/rules/engine.ts";
import type { RootInput } from "../core/scan.ts";
import { isWanted, leftOut, type ScanPolicy } from "../core/scan-policy.ts";
import { PathNotFound, type ScanDeps, type ScanOptions } from "./scan-deps.ts";

export interface ReadRoot {
  /** Absolute directory that the files' paths are relative to. */
  readonly directory: string;
  readonly input: RootInput;
  readonly policy?: ScanPolicy;
}

export async function readRoot(deps: ScanDeps, path: string, shown: string, options: ScanOptions): Promise<ReadRoot> {
  const kind = deps.kindOf(path);
  if (kind === undefined) throw new PathNotFound(`There is nothing at ${shown}`);
  const asked = kind === "file" ? posix.basename(path) : undefined;
  const home = asked === undefined ? path : posix.dirname(path);

  const tree = deps.readTree(home, {
    wants: asked === undefined ? mayBeInfrastructure : (file) => file === asked || isModuleFile(asked, file),
    // One file of a module brings the module's directory along, and the modules that it calls, not whatever lies below.
    ...(asked !== undefined && { shallow: true }),
    onProgress: (files) => deps.onProgress?.(`${shown}: ${files} files read`),
  });
  const repository = deps.repositoryOf(home);
  const policy = await deps.readPolicy(repository ?? home);
  const above = calledModules(deps, { repository, home, files: tree.files, below: asked !== undefined });

  // Modules above the path move the directory that everything is relative to up, until it holds them.
  const directory = posix.join(home, ...Array.from({ length: levelsUp(above) }, () => ".."));
  const below = deps.relativePath(directory, home);
  const here = (file: string): string => (below === "" ? file : posix.join(below, file));
  const repositoryPath = repository === undefined ? "" : deps.relativePath(repository, directory);

  const isLeftOut = (file: SourceFile): boolean =>
    policy !== undefined && !isWanted(policy, joinPath(repositoryPath, file.path));
  const varFiles = (options.varFiles ?? []).map((file) => variableFile(deps, directory, file));
  const found = [...tree.files, ...above, ...deps.readSome(home, filesNamedInCode(tree))].map((file) => ({
    path: here(file.path),
    bytes: file.bytes,
  }));
  const files = [
    ...found.filter((file) => !isLeftOut(file) && !varFiles.some((v) => v.path === file.path)),
    ...varFiles,
  ];
  deps.onProgress?.(`${shown}: ${files.length} files read`);

  const reading = await readFiles(files, {
    ...(options.varFiles && { varFiles: varFiles.map((file) => file.path) }),
    ...(options.variables && { variables: options.variables }),
  });
  const skipped = [
    ...tree.skipped.map((s) => ({ ...s, path: here(s.path) })),
    ...found.filter(isLeftOut).map((file) => leftOut(file.path)),
    ...reading.skipped,
  ];
  const wanted = await filter(deps, directory, asked === undefined ? undefined : here(asked), options);
  return {
    directory,
    input: {
      root: shown,
      repositoryPath,
      home: below,
      files,
      reading: {
        ...reading,
        diagnostics: [
          ...(policy?.diagnostics ?? []).map((d) => ({
            ...d,
            file: deps.relativePath(directory, posix.join(repository ?? home, d.file)),
          })),
          ...[...tree.diagnostics.map((d) => ({ ...d, file: here(d.file) })), ...reading.diagnostics].filter(
            (d) => asked === undefined || d.file === here(asked),
          ),
        ],
        skipped: asked === undefined ? skipped : skipped.filter((s) => s.path === here(asked)),
      },
      ...(wanted && { onlyFiles: wanted }),
    },
    ...(policy && { policy }),
  };
}

/** Which files are reported, where not all are: the one asked for, or those that changed. */
async function filter(
  deps: ScanDeps,
  directory: string,
  asked: string | undefined,
  { changedSince }: ScanOptions,
): Promise<((file: string) => boolean) | undefined> {
  if (asked !== undefined) return (file) => file === asked;
  if (changedSince === undefined) return undefined;
  const changed = await deps.changedSince(directory, changedSince);
  const paths = new Set(changed.map((file) => deps.relativePath(directory, file)));
  return (file) => paths.has(file);
}

const levelsUp = (above: readonly SourceFile[]): number =>
  Math.max(0, ...above.map((file) => file.path.split("/").filter((part) => part === "..").length));

/** A file given with --var-file may lie outside the root: it is named, not found. */
function variableFile(deps: ScanDeps, directory: string, file: string): SourceFile {
  const bytes = deps.readFile(file);
  if (!bytes) throw new PathNotFound(`The variables file ${file} cannot be read`);
  return { path: deps.relativePath(directory, file), bytes };
}

/** One file of a module cannot be understood alone: the module's other files and its local modules come with it. */
const isModuleFile = (asked: string, path: string): boolean => isTerraform(asked) && isTerraformFile(path);

const isTerraform = (path: string): boolean => /\.(?:tf|tofu)(?:\.json)?$/i.test(path);

const LOCAL_SOURCE = /\bsource\s*=\s*"(\.\.?\/[^"$]*)"/g;

/**
 * Local modules that the code calls and that were not read with it: those above the directory asked for, within its
 * repository (`source = "../../modules/net"`), and where only one directory was read those below it too.
 */
function calledModules(
  deps: ScanDeps,
  from: {
    readonly repository: string | undefined;
    readonly home: string;
    readonly files: readonly SourceFile[];
    readonly below: boolean;
  },
): readonly SourceFile[] {
  const { repository, home, below } = from;
  const found: SourceFile[] = [];
  const seen = new Set<string>();
  const isMissing = (module: string): boolean =>
    module.startsWith("..") ? repository !== undefined : below && module !== ".";
  for (let round = from.files; round.length > 0; ) {
    const next: SourceFile[] = [];
    for (const module of new Set(round.flatMap(localSources))) {
      if (!isMissing(module) || seen.has(module)) continue;
      seen.add(module);
      const path = `${home}/${module}`;
      if (deps.relativePath(repository ?? home, path).startsWith("..") || deps.kindOf(path) !== "directory") continue;
      const { files: there } = deps.readTree(path, { wants: isTerraformFile, shallow: true });
      next.push(...there.map((file) => ({ path: `${module}/${file.path}`, bytes: file.bytes })));
    }
    found.push(...next);
    round = next;
  }
  return found;
}

/** Directories that a file's module calls point at, relative to the scan root. */
function localSources(file: SourceFile): readonly string[] {
  if (!isTerraform(file.path)) return [];
  const bytes = Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength);
  if (!bytes.includes('"./') && !bytes.includes('"../')) return [];
  const home = file.path.includes("/") ? file.path.slice(0, file.path.lastIndexOf("/")) : ".";
  return [...bytes.toString("utf8").matchAll(LOCAL_SOURCE)].map((match) =>
    posix.join(home, match[1] ?? "").replace(/\/$/, ""),
  );
}

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
