import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { findTerraform } from "../../../src/adapters/terraform/find.ts";
import { openTerraform } from "../../../src/adapters/terraform/open.ts";
import type { Outcome, Plan, Workspace } from "../../../src/adapters/terraform/types.ts";

const binary = findTerraform();
if (!binary) console.warn("skipped: neither terraform nor tofu is on the PATH, so nothing can be planned or applied");
const whereInstalled = binary ? describe : describe.skip;

const CODE = `
variable "password" {
  default   = "hunter2"
  sensitive = true
}
resource "terraform_data" "app" {
  input = { encrypted = false, name = "app" }
}
resource "terraform_data" "secret" {
  input = { password = var.password, region = "eu" }
}
output "name" { value = terraform_data.app.output.name }
`;

whereInstalled("with a real binary", () => {
  let root: string;
  let workspace: Workspace;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "draco-terraform-"));
    workspace = { dir: root, scratchDir: join(root, ".scratch"), stateFile: join(root, "state", "app.tfstate") };
    await write(CODE);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = (code: string) => writeFile(join(root, "main.tf"), code);
  const terraform = (change: object = {}) =>
    openTerraform({ binary: binary ?? "", environment: { ...process.env, SECRET_OF_DRACO: "leak me" }, ...change });
  const value = <T>(outcome: Outcome<T>): T => {
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    return outcome.value;
  };
  const planned = async (): Promise<Plan> => value(await terraform().plan(workspace, "key"));

  it("says its version", async () => {
    expect(await terraform().version()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it("plans, applies that plan, and then has nothing left to do", async () => {
    value(await terraform().init(workspace));
    const first = await planned();
    expect(first).toMatchObject({ empty: false, counts: { add: 2, change: 0, replace: 0, destroy: 0 } });
    const applied = value(await terraform().apply(workspace, first));
    expect(applied.text).toMatch(/2 added/);
    expect(JSON.parse(await readFile(join(root, "state", "app.tfstate"), "utf8")).resources).toHaveLength(2);
    expect((await planned()).empty).toBe(true);

    await write(CODE.replace("encrypted = false", "encrypted = true"));
    const second = await planned();
    expect(second.counts).toEqual({ add: 0, change: 1, replace: 0, destroy: 0 });
    expect(second.text).toContain("input.encrypted: false -> true");
    value(await terraform().apply(workspace, second));
    expect((await planned()).empty).toBe(true);
  });

  it("gives one digest to two plans of the same thing, and another to anything else", async () => {
    value(await terraform().init(workspace));
    const [one, two] = [await planned(), await planned()];
    expect(two.file).not.toBe(one.file);
    expect(two.digest).toBe(one.digest);
    await write(CODE.replace('name = "app"', 'name = "other"'));
    expect((await planned()).digest).not.toBe(one.digest);
    await write(CODE.replace("hunter2", "hunter3"));
    expect((await planned()).digest).not.toBe(one.digest);
  });

  it("never shows a sensitive value", async () => {
    value(await terraform().init(workspace));
    const plan = await planned();
    expect(JSON.stringify({ ...plan, file: "" })).not.toContain("hunter2");
    expect(plan.text).toContain("password: (none) -> (sensitive)");
  });

  it("refuses a plan that is stale", async () => {
    value(await terraform().init(workspace));
    const [one, two] = [await planned(), await planned()];
    value(await terraform().apply(workspace, one));
    expect(await terraform().apply(workspace, two)).toMatchObject({ ok: false, reason: "stale-plan" });
  });

  it("says where the code is wrong", async () => {
    value(await terraform().init(workspace));
    await write('resource "terraform_data" "app" {\n  input = var.nowhere\n}\n');
    const outcome = await terraform().plan(workspace, "key");
    expect(outcome).toMatchObject({ ok: false, reason: "failed", diagnostics: [{ file: "main.tf", line: 2 }] });
    await write("resource {");
    expect(await terraform().init(workspace)).toMatchObject({ ok: false, reason: "failed" });
  });

  it("sees no variable that it was not given by name", async () => {
    await write('resource "terraform_data" "peek" {\n  provisioner "local-exec" { command = "env > seen.txt" }\n}\n');
    value(await terraform().init(workspace));
    const allow = ["ALLOWED_ONE", "TF_CLI_ARGS_plan"];
    const environment = {
      ...process.env,
      SECRET_OF_DRACO: "leak me",
      ALLOWED_ONE: "yes",
      TF_CLI_ARGS_plan: "-destroy",
    };
    const tool = terraform({ allow, environment });
    const plan = value(await tool.plan(workspace, "key"));
    value(await tool.apply(workspace, plan));
    const seen = await readFile(join(root, "seen.txt"), "utf8");
    expect(seen).not.toContain("leak me");
    expect(seen).not.toContain("TF_CLI_ARGS");
    expect(seen).toContain("ALLOWED_ONE=yes");
    expect(seen).toContain(`HOME=${join(root, ".scratch", "home")}`);
  });

  it("stops when told to, and when time is up", async () => {
    await write(
      'data "terraform_remote_state" "x" {\n  backend = "http"\n  config = { address = "http://127.0.0.1:9/" }\n}\n',
    );
    value(await terraform().init(workspace));
    expect(await terraform().plan(workspace, "key", AbortSignal.abort())).toMatchObject({
      ok: false,
      reason: "aborted",
    });
    expect(await terraform({ timeoutMs: 1 }).plan(workspace, "key")).toMatchObject({ ok: false, reason: "timeout" });
  });
});

it("finds nothing on an empty PATH, and no relative folder on any", () => {
  expect(findTerraform(undefined, "")).toBeUndefined();
  expect(findTerraform(undefined, ".:./bin")).toBeUndefined();
  expect(findTerraform("/nowhere/terraform")).toBeUndefined();
  expect(findTerraform("no-such-tool-anywhere")).toBeUndefined();
});
