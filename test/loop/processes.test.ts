import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import pino from "pino";
import { seedFiles } from "../../demo/seed/files.ts";
import { type Services, settingsOf, startServices } from "../../demo/world.ts";
import { compose } from "../../src/app/compose.ts";
import { type Running, startServer } from "../../src/app/server.ts";
import { availableKinds } from "../support/database.ts";
import {
  ALICE_PHONE,
  askAbout,
  becomes,
  changeOf,
  codeIn,
  enrolAlice,
  eventually,
  type Loop,
  pushSomething,
  quiet,
  startLoop,
} from "../support/loop.ts";
import { buildCli, type Process, startProcess } from "../support/processes.ts";
import { installedTerraform } from "../support/terraform.ts";

const terraform = installedTerraform();
const PASSWORD = "a password for the status page";

/** A terraform that writes down what it is asked, and waits at a verb while a file named after it is there. */
function gatedTerraform(real: string) {
  const dir = mkdtempSync(join(tmpdir(), "draco-gate-"));
  const path = join(dir, "terraform");
  const log = join(dir, "log");
  const script = `#!/bin/sh
for word in "$@"; do case "$word" in plan|apply) verb=$word; break;; esac; done
if [ -n "$verb" ]; then echo "$verb" >> "${log}"; while [ -e "${dir}/hold-$verb" ]; do sleep 0.05; done; fi
exec "${real}" "$@"
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return {
    path,
    count: (verb: string): number =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .filter((line) => line === verb).length
        : 0,
    hold: (verb: string): void => writeFileSync(join(dir, `hold-${verb}`), ""),
    release: (verb: string): void => rmSync(join(dir, `hold-${verb}`), { force: true }),
    remove: (): void => rmSync(dir, { recursive: true, force: true }),
  };
}

const withTool = terraform ? describe : describe.skip; // without terraform or tofu there is no apply to be killed in

withTool("a process that is killed", () => {
  let cli: string;
  let services: Services;
  let draco: Process;
  const gate = gatedTerraform(terraform ?? "");
  beforeAll(async () => {
    cli = await buildCli();
  }, 60_000);
  afterAll(() => gate.remove());

  const begin = async (): Promise<void> => {
    services = await startServices({
      files: seedFiles(),
      statusPassword: PASSWORD,
      environment: { DRACO_TERRAFORM: gate.path },
    });
    draco = await startProcess(cli, services.environment);
    await services.github.relay.target(`${services.url}/api/github/webhooks`);
    await services.github.people.alice.push({ message: "Say hello", files: { "README.md": "hello\n" } });
  };
  const end = async (): Promise<void> => {
    if (process.env.TEST_LOG) console.log(draco.output());
    gate.release("plan");
    gate.release("apply");
    await draco.kill();
    await services.close();
  };
  const orders = () =>
    eventually("the pull request", async () => {
      const pulls = await services.github.people.alice.api<{ number: number; title: string; body: string }[]>(
        "GET",
        "/repos/acme/infra/pulls?state=open",
      );
      const pull = pulls.find((p) => p.title.includes("Application data is encrypted"));
      const planId = /plan=([0-9A-Z]{6}) digest=[0-9a-f]{64}/.exec(pull?.body ?? "")?.[1];
      return pull && planId ? { number: pull.number, planId } : undefined;
    });
  const history = async (): Promise<string> => {
    const authorization = `Basic ${Buffer.from(`draco:${PASSWORD}`).toString("base64")}`;
    return (await fetch(`${services.url}/history`, { headers: { authorization } })).text();
  };
  const stateOf = async (planId: string): Promise<string> =>
    new RegExp(`<code>${planId}</code></td>(?:<td>[^<]*</td>){2}<td>[^<]*</td><td><span class="\\w+">([^<]+)`).exec(
      await history(),
    )?.[1] ?? "";
  const reaches = (planId: string, state: string) =>
    eventually(`${planId} to be ${state}`, async () => ((await stateOf(planId)) === state ? true : undefined));
  const events = async (planId: string): Promise<readonly string[]> => {
    const { deps, close } = await compose(settingsOf(services.environment, "worker"), pino({ level: "silent" }));
    const change = await deps.store.changes.byPlanId(planId);
    const told = change ? await deps.store.history.of(change.id) : [];
    await close();
    return told.map((entry) => entry.event);
  };

  it("between approved and applied applies exactly once after a restart", async () => {
    await begin();
    try {
      const { number, planId } = await orders();
      const planned = gate.count("plan");
      gate.hold("plan");
      await services.github.people.alice.comment(number, `/draco approve plan:${planId}`);
      await eventually("the plan before the apply", async () => (gate.count("plan") > planned ? true : undefined));
      expect(await stateOf(planId)).toBe("approved");
      await draco.kill();
      gate.release("plan");

      draco = await startProcess(cli, services.environment);
      await reaches(planId, "verified");
      expect(gate.count("apply")).toBe(1);
      expect(await draco.terminate()).toBe(0);
      expect((await events(planId)).filter((event) => event === "begin-apply")).toHaveLength(1);
    } finally {
      await end();
    }
  }, 180_000);

  it("in the middle of an apply leaves the change interrupted, and never tries it again by itself", async () => {
    const before = gate.count("apply");
    await begin();
    try {
      const { number, planId } = await orders();
      gate.hold("apply");
      await services.github.people.alice.comment(number, `/draco approve plan:${planId}`);
      await eventually("the apply", async () => (gate.count("apply") === before + 1 ? true : undefined));
      await draco.kill();

      draco = await startProcess(cli, services.environment);
      await reaches(planId, "interrupted");
      gate.release("apply");
      await eventually("the comment that asks for a person", async () => {
        const comments = await services.github.people.alice.api<{ body: string }[]>(
          "GET",
          `/repos/acme/infra/issues/${number}/comments`,
        );
        return comments.find((comment) => comment.body.includes("**interrupted**"));
      });
      expect(gate.count("apply")).toBe(before + 1);
    } finally {
      await end();
    }
  }, 180_000);
});

const hasServer = availableKinds().includes("postgres");
if (!hasServer)
  console.log("no PostgreSQL server is installed: nothing is tried with two workers, since PGlite serves one process");
const withServer = hasServer ? describe : describe.skip; // PGlite serves one process only

withServer("two workers on one database", () => {
  let loop: Loop;
  const workers: Running[] = [];
  beforeAll(async () => {
    loop = await startLoop({ role: "web" });
    const log = pino({ level: "silent" });
    for (let i = 0; i < 2; i++) workers.push(await startServer(settingsOf(loop.environment, "worker"), log));
    await enrolAlice(loop);
  }, 120_000);
  afterAll(async () => {
    for (const worker of workers) await worker.stop();
    await loop.stop();
  }, 60_000);

  it("do everything once", async () => {
    const sha = await pushSomething(loop);
    const orders = await changeOf(loop, "terraform_data", "awaiting-approval");
    await changeOf(loop, "aws_s3_bucket", "awaiting-approval");
    await quiet(loop);
    const { alice } = loop.github.people;
    const pulls = await alice.api<{ head: { ref: string } }[]>("GET", "/repos/acme/infra/pulls?state=all");
    expect(new Set(pulls.map((pull) => pull.head.ref)).size).toBe(pulls.length);
    const { check_runs: runs } = await alice.api<{ check_runs: { name: string }[] }>(
      "GET",
      `/repos/acme/infra/commits/${sha}/check-runs`,
    );
    expect(runs.filter((run) => run.name === "draco/scan")).toHaveLength(1);
    const asks = (await loop.twilio.sent()).filter((message) => message.body.includes(orders.planId));
    expect(asks).toHaveLength(1);

    const ask = await askAbout(loop, orders);
    await Promise.all([
      loop.twilio.reply(ALICE_PHONE, `OK ${codeIn(ask.body)}`),
      alice.comment(orders.pullNumber ?? 0, "/draco approve"),
    ]);
    await becomes(loop, orders, terraform ? "verified" : "skipped");
    await quiet(loop);
    expect(await loop.store.applies.of(orders.id)).toHaveLength(1);
    expect(await loop.store.approvals.standing(orders.id, orders.digest ?? "")).toHaveLength(1);
    expect(await loop.store.history.verify()).toEqual([expect.objectContaining({ ok: true })]);
  }, 120_000);
});
