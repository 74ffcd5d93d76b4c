/**
 * Terraform or OpenTofu as a tool of ours: arguments never pass a shell, the environment holds only what is named, and
 * what is applied is the saved plan and nothing else. It plans code from a repository, which can run programs: callers
 * screen that code first.
 */
import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { Refused } from "../errors.ts";
import { diagnosticsOf, messagesOf, plainDiagnostics } from "./diagnostics.ts";
import { normalisePlan, type RawPlan } from "./normalise.ts";
import { type Ran, run } from "./run.ts";
import type { Outcome, Plan, Terraform, TerraformDiagnostic, TerraformOptions, Workspace } from "./types.ts";

const MINUTE_MS = 60_000;
const PLAN_TIMEOUT_MS = 10 * MINUTE_MS;
const APPLY_TIMEOUT_MS = 60 * MINUTE_MS;
const PLAN_GRACE_MS = 10_000;
/** An apply that is cut off leaves things that no state knows of. */
const APPLY_GRACE_MS = 10 * MINUTE_MS;
const MOST_OUTPUT = 128 * 1024 * 1024;
/** Variables that change what a command does; never let through, even where a setting names them. */
const FORBIDDEN = /^(TF_CLI_ARGS|TF_LOG|TF_DATA_DIR|TF_WORKSPACE|TF_REATTACH|TF_INPUT|NODE_OPTIONS|LD_|DYLD_|HOME$)/;

export function openTerraform(options: TerraformOptions): Terraform {
  if (!isAbsolute(options.binary)) throw new Refused("Terraform", "the binary needs an absolute path", "binary");
  const timeoutMs = options.timeoutMs ?? PLAN_TIMEOUT_MS;

  const command = async (
    workspace: Workspace,
    args: readonly string[],
    limits: { readonly timeoutMs: number; readonly graceMs: number },
    signal?: AbortSignal,
  ): Promise<Ran> => {
    const environment = await prepare(options, workspace.scratchDir);
    return run({
      binary: options.binary,
      args,
      dir: workspace.dir,
      environment,
      mostBytes: MOST_OUTPUT,
      ...limits,
      ...(signal && { signal }),
    });
  };
  const planning = { timeoutMs, graceMs: PLAN_GRACE_MS };

  return {
    async version() {
      const environment = { PATH: options.environment?.PATH ?? "", CHECKPOINT_DISABLE: "1" };
      const ran = await run({
        binary: options.binary,
        args: ["version"],
        dir: "/",
        environment,
        timeoutMs: 30_000,
        graceMs: 1_000,
        mostBytes: 1024 * 1024,
      });
      const found = /^(Terraform|OpenTofu) v(\S+)/m.exec(ran.stdout);
      if (!found) throw new Refused("Terraform", `${options.binary} does not say its version`, "version");
      return { name: found[1] === "OpenTofu" ? "OpenTofu" : "Terraform", version: found[2] ?? "" };
    },

    async init(workspace, signal) {
      const ran = await command(workspace, ["init", "-input=false", "-no-color"], planning, signal);
      return ran.ended === "exited" && ran.code === 0 ? { ok: true, value: undefined } : failed(ran);
    },

    async plan(workspace, digestKey, signal) {
      const file = join(workspace.scratchDir, "plans", `${randomUUID()}.tfplan`);
      const varFiles = (workspace.varFiles ?? []).map((name) => `-var-file=${name}`);
      const args = [
        "plan",
        "-input=false",
        "-json",
        "-lock-timeout=30s",
        `-out=${file}`,
        ...state(workspace),
        ...varFiles,
      ];
      const planned = await command(workspace, args, planning, signal);
      if (planned.ended !== "exited" || planned.code !== 0) return failed(planned);
      const shown = await command(workspace, ["show", "-json", file], planning, signal);
      if (shown.ended !== "exited" || shown.code !== 0) return failed(shown);
      const normalised = normalisePlan(JSON.parse(shown.stdout) as RawPlan, digestKey);
      const warnings = diagnosticsOf(planned.stdout).filter((d) => d.severity === "warning");
      const plan: Plan = { ...normalised, file, warnings };
      return { ok: true, value: plan };
    },

    async apply(workspace, plan, signal) {
      const args = ["apply", "-input=false", "-json", "-lock-timeout=60s", ...state(workspace), plan.file];
      const limits = { timeoutMs: Math.max(APPLY_TIMEOUT_MS, timeoutMs), graceMs: APPLY_GRACE_MS };
      const ran = await command(workspace, args, limits, signal);
      if (ran.ended !== "exited" || ran.code !== 0) return failed(ran);
      const warnings = diagnosticsOf(ran.stdout).filter((d) => d.severity === "warning");
      return { ok: true, value: { text: messagesOf(ran.stdout).join("\n"), warnings } };
    },
  };
}

const state = (workspace: Workspace): string[] => (workspace.stateFile ? [`-state=${workspace.stateFile}`] : []);

async function prepare(options: TerraformOptions, scratchDir: string): Promise<Record<string, string>> {
  const at = (name: string) => join(scratchDir, name);
  await Promise.all(["home", "data", "plans", "tmp"].map((name) => mkdir(at(name), { recursive: true, mode: 0o700 })));
  const given = options.environment ?? {};
  const allowed = (options.allow ?? []).filter((name) => !FORBIDDEN.test(name));
  const passed = Object.fromEntries(
    allowed.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])),
  );
  return {
    ...passed,
    PATH: given.PATH ?? "",
    HOME: at("home"),
    TMPDIR: at("tmp"),
    TF_DATA_DIR: at("data"),
    TF_IN_AUTOMATION: "1",
    TF_INPUT: "0",
    CHECKPOINT_DISABLE: "1",
    ...(options.pluginCacheDir && { TF_PLUGIN_CACHE_DIR: options.pluginCacheDir }),
  };
}

function failed(ran: Ran): Outcome<never> {
  const told = [...diagnosticsOf(ran.stdout), ...plainDiagnostics(ran.stderr)];
  const errors = told.filter((d) => d.severity === "error");
  const diagnostics: TerraformDiagnostic[] =
    errors.length > 0 ? told : [...told, { severity: "error", summary: summaryOf(ran), detail: "" }];
  if (ran.ended !== "exited" && ran.ended !== "not-started") return { ok: false, reason: ran.ended, diagnostics };
  const stale = errors.some((d) =>
    /saved plan is stale|can't be applied because the state was changed/i.test(`${d.summary} ${d.detail}`),
  );
  return { ok: false, reason: stale ? "stale-plan" : "failed", diagnostics };
}

const summaryOf = (ran: Ran): string =>
  ran.ended === "exited" ? `it ended with exit code ${ran.code} and said nothing` : `it was stopped: ${ran.ended}`;
