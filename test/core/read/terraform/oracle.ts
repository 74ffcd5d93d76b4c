/** Terraform itself as the judge of Draco's evaluation: offline, on terraform_data, many configurations per run. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Resource } from "../../../../src/core/model/resource.ts";
import type { SourceFile } from "../../../../src/core/model/source-range.ts";
import { isList, isObject, isUnknown, type Value } from "../../../../src/core/model/value.ts";
import { readPlan } from "../../../../src/core/read/terraform/read-plan.ts";
import { readTerraform } from "../../../../src/core/read/terraform/read-terraform.ts";
import type { Configuration } from "./generate-configuration.ts";

/** Why there is no oracle; undefined where there is one. */
export function missingTerraform(): string | undefined {
  const found = spawnSync("terraform", ["version"], { env: { ...process.env, CHECKPOINT_DISABLE: "1" } });
  return found.status === 0 ? undefined : "terraform is not on the PATH";
}

/** All files of a root module that calls every configuration once. */
export function rootOf(configurations: readonly Configuration[]): Map<string, string> {
  const files = new Map<string, string>();
  const calls = configurations.map(({ name, call }) => `module "${name}" {\n  source = "./${name}"\n  ${call}\n}\n`);
  files.set("main.tf", calls.join("\n"));
  for (const { name, files: own } of configurations) for (const [path, text] of own) files.set(`${name}/${path}`, text);
  return files;
}

export interface Planned {
  /** `terraform show -json` of the plan. */
  readonly json: Uint8Array;
  /** Files below the configurations that Terraform refused, with what it said. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Plans without any network or state. Configurations that Terraform refuses are left out, and returned. */
export function plan(configurations: readonly Configuration[]): Planned {
  const directory = mkdtempSync(join(tmpdir(), "draco-oracle-"));
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    TF_DATA_DIR: join(directory, ".data"),
    TF_CLI_CONFIG_FILE: join(directory, "none.tfrc"),
  };
  const run = (...args: string[]) =>
    spawnSync("terraform", args, { cwd: directory, env, encoding: "utf8", maxBuffer: 1 << 28 });
  const refused = new Map<string, string>();
  try {
    writeFileSync(join(directory, "none.tfrc"), "");
    for (;;) {
      const left = configurations.filter(({ name }) => !refused.has(name));
      const files = rootOf(left);
      for (const [path, text] of files) {
        mkdirSync(dirname(join(directory, path)), { recursive: true });
        writeFileSync(join(directory, path), text);
      }
      const init = run("init", "-input=false", "-no-color");
      const planned =
        init.status === 0 ? run("plan", "-refresh=false", "-input=false", "-no-color", "-out=plan.bin") : init;
      if (planned.status === 0) break;
      const before = refused.size;
      const said = planned.stdout + planned.stderr;
      for (const [, name = ""] of said.matchAll(/\bon (c\d+)\/[\w/]*main\.tf line/g)) refused.set(name, said);
      if (refused.size === before) throw new Error(`terraform failed for no configuration in particular:\n${said}`);
    }
    const json = execFileSync("terraform", ["show", "-json", "plan.bin"], { cwd: directory, env, maxBuffer: 1 << 28 });
    return { json, refused };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export interface Difference {
  readonly configuration: string;
  readonly address: string;
  readonly path: string;
  readonly terraform: string;
  readonly draco: string;
}

/** Everything in which Draco's evaluation and Terraform's plan differ, and how many resources were compared. */
export function compare(
  configurations: readonly Configuration[],
  json: Uint8Array,
): { differences: Difference[]; compared: number } {
  const files: SourceFile[] = [...rootOf(configurations)].map(([path, text]) => ({
    path,
    bytes: new TextEncoder().encode(text),
  }));
  const ours = new Map((readTerraform({ files, roots: [""] }).stacks[0]?.resources ?? []).map((r) => [r.address, r]));
  const theirs = (readPlan(json, "plan.json").stacks[0]?.resources ?? []).filter((r) => r.type === "terraform_data");
  const differences: Difference[] = [];
  const tell = (address: string, path: string, terraform: string, draco: string): void => {
    differences.push({ configuration: /^module\.(c\d+)/.exec(address)?.[1] ?? "", address, path, terraform, draco });
  };
  for (const expected of theirs) {
    const actual = ours.get(expected.address);
    if (actual === undefined) {
      tell(expected.address, "", "exists", "absent");
      continue;
    }
    for (const name of ["input", "triggers_replace"]) {
      diff(expected.attributes[name] ?? null, actual.attributes[name] ?? null, name, (path, a, b) =>
        tell(expected.address, path, a, b),
      );
    }
    const secrets = secretsOf(expected);
    if (secrets !== secretsOf(actual, expected))
      tell(expected.address, "(sensitive)", secrets, secretsOf(actual, expected));
  }
  const known = new Set(theirs.map((r) => r.address));
  for (const [address, resource] of ours)
    if (resource.type === "terraform_data" && !known.has(address)) tell(address, "", "absent", "exists");
  return { differences, compared: theirs.length };
}

function diff(
  expected: Value,
  actual: Value,
  path: string,
  tell: (path: string, expected: string, actual: string) => void,
): void {
  if (isUnknown(expected) || isUnknown(actual)) {
    if (isUnknown(expected) !== isUnknown(actual)) tell(path, show(expected), show(actual));
  } else if (isList(expected) && isList(actual) && expected.length === actual.length) {
    expected.forEach((item, i) => {
      diff(item, actual[i] ?? null, `${path}.${i}`, tell);
    });
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const a = expected[key];
      const b = actual[key];
      if (a === undefined || b === undefined)
        tell(`${path}.${key}`, a === undefined ? "absent" : show(a), b === undefined ? "absent" : show(b));
      else diff(a, b, `${path}.${key}`, tell);
    }
  } else if (expected !== actual) tell(path, show(expected), show(actual));
}

/** Secret paths, without those inside of others. Terraform does not say of an unknown value whether it is secret. */
function secretsOf(
  { sensitive, attributes }: Pick<Resource, "sensitive" | "attributes">,
  known: Pick<Resource, "attributes"> = { attributes },
): string {
  const own = sensitive.filter(
    (path) => /^(?:input|triggers_replace)/.test(path) && !isUnknown(valueAt(known.attributes, path)),
  );
  return own
    .filter((path) => !own.some((outer) => path.startsWith(`${outer}.`)))
    .sort()
    .join();
}

const valueAt = (value: Value, path: string): Value =>
  path
    .split(".")
    .reduce<Value>(
      (at, part) => (isList(at) ? (at[Number(part)] ?? null) : isObject(at) ? (at[part] ?? null) : at),
      value,
    );

const show = (value: Value): string => (isUnknown(value) ? "(unknown)" : JSON.stringify(value));
