import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { nextRun } from "../../../src/core/approve/cron.ts";
import { availableKinds, createStore, type TestStore } from "../../support/database.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const PHONE = "+41791112233";

describe.each(availableKinds())("erasing on %s", (kind) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await createStore(kind);
  }, 60_000);
  afterAll(async () => test?.close());

  /** Tables, the queue's too, in which a text occurs in any column. */
  async function tablesWith(text: string): Promise<string[]> {
    const { rows } = await test.database.pool.query(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')`,
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const { rows: hits } = await test.database.pool.query(
        `SELECT count(*)::int AS n FROM ${name} AS t WHERE position($1 in t::text) > 0`,
        [text],
      );
      if (hits[0].n > 0) found.push(name);
    }
    return found.sort();
  }

  /** A change of a repository that somebody approved by SMS and command, with everything that leaves a trace. */
  async function story(repository: number, name: string, login: string, githubId: number, phoneNumber: string) {
    const { store, queue } = test;
    const fullName = `acme/${name}`;
    await store.repositories.upsert({
      id: repository,
      installationId: 1,
      owner: "acme",
      name,
      private: true,
      defaultBranch: "main",
    });
    const actor = await store.actors.ensure({ githubId, login });
    const phone = await store.phones.enrol({
      actorId: actor.id,
      e164: phoneNumber,
      codeHash: `enrol-${name}`,
      expiresAt: new Date(test.clock.now.getTime() + 60_000),
    });
    if (!phone) throw new Error("not enrolled");
    await store.phones.verify(phone.id, `enrol-${name}`);
    const { change } = await store.changes.create({
      repository,
      kind: "code",
      title: `Close a bucket of ${name}`,
      root: "",
      fingerprints: [`f-${name}`],
      engine: "terraform",
      risk: "in-place",
      quorum: 1,
      actor: "system",
    });
    const system = { changeId: change.id, actor: "system", surface: "system" } as const;
    const expiresAt = new Date(test.clock.now.getTime() + 3_600_000);
    await store.changes.transition({ ...system, event: { type: "propose" } });
    await store.changes.transition({ ...system, event: { type: "show", digest: DIGEST, expiresAt } });
    await store.codes.issue({
      changeId: change.id,
      digest: DIGEST,
      actorId: actor.id,
      phoneId: phone.id,
      expiresAt,
      hash: `code-${name}`,
    });
    await store.outbox.add({
      idempotencyKey: `ask-${name}`,
      channel: "sms",
      changeId: change.id,
      payload: { to: phoneNumber, body: `${fullName}: plan ${change.planId}` },
    });
    await store.outbox.add({
      idempotencyKey: `enrol-${repository}`,
      channel: "sms",
      payload: { to: phoneNumber, body: `Draco: to enrol this phone for ${login}, give 1234-BCDFGHJ` },
    });
    await store.messages.accept({
      sid: `SM-${repository}`,
      fromNumber: phoneNumber,
      toNumber: "+41780000000",
      body: "OK",
    });
    await store.changes.transition({
      changeId: change.id,
      event: { type: "approve", digest: DIGEST, actor: actor.id, surface: "sms" },
      actor: actor.id,
      surface: "sms",
      source: `SM-${repository}`,
    });
    await store.commands.begin({
      commentId: `comment:${repository}`,
      line: 1,
      repository,
      issueNumber: 1,
      actorId: actor.id,
      verb: "deny",
      text: `/draco deny --reason="says ${login}"`,
    });
    await store.commands.finish(`comment:${repository}`, 1, "refused", `${login} may not do this.`);
    await store.deliveries.accept({
      guid: `g-${repository}`,
      event: "issue_comment",
      installationId: 1,
      repositoryId: repository,
      payload: { sender: { login, id: githubId }, repository: { id: repository, full_name: fullName } },
    });
    await store.deliveries.accept({
      guid: `i-${repository}`,
      event: "installation",
      installationId: 1,
      payload: { sender: { login }, repositories: [{ id: repository, full_name: fullName }] },
    });
    await store.deliveries.finish(`i-${repository}`);
    await queue.send({
      name: "decide",
      data: {
        surface: "command",
        source: `comment:${repository}`,
        repository,
        githubUser: { id: githubId, login },
        what: { kind: "command", line: 0, text: `/draco pause for ${name}` },
      },
    });
    await store.settings.pause(repository, actor.id, `because of ${name}`);
    await store.scans.begin({ repository, sha: "s", ref: name, trigger: "push" });
    await store.schedules.replace(repository, [{ name, cron: "* * * * *", timezone: "UTC" }], nextRun);
    await store.blobs.put(new Map([[`blob-${name}`, new TextEncoder().encode(name)]]));
    await store.locks.acquire(`state:${repository}:live/${name}`, "w", 60_000);
    return { actor, change };
  }

  it("a person leaves no name and no number anywhere, and every history whole", async () => {
    const { actor, change } = await story(10, "one", "ana-maria", 70, PHONE);
    await story(11, "two", "anatol", 71, "+41794445566");
    expect(await tablesWith("ana-maria")).toEqual(
      expect.arrayContaining(["pgboss.job", "public.actors", "public.commands", "public.webhook_deliveries"]),
    );

    await test.store.actors.erase(actor.id);
    expect(await tablesWith("ana-maria")).toEqual([]);
    expect(await tablesWith(PHONE)).toEqual([]);
    const erased = await test.store.actors.get(actor.id);
    expect(erased).toMatchObject({ id: actor.id, kind: "user", erasedAt: test.clock.now });
    expect(erased).not.toHaveProperty("githubId");
    expect((await test.store.history.of(change.id)).map((entry) => entry.actor)).toContain(actor.id);
    expect((await test.store.history.of(change.id)).map((entry) => entry.login)).not.toContain("ana-maria");
    expect((await test.store.history.verify()).every((chain) => chain.ok)).toBe(true);
    expect(await test.store.approvals.standing(change.id, DIGEST)).toHaveLength(1);

    expect(await tablesWith("anatol")).toEqual(
      expect.arrayContaining(["pgboss.job", "public.actors", "public.commands", "public.outbox"]),
    );
    const returned = await test.store.actors.ensure({ githubId: 70, login: "ana-maria" });
    expect(returned.id).not.toBe(actor.id);
  }, 60_000);

  it("a repository leaves nothing of itself, and the others as they were", async () => {
    const { change } = await story(20, "hush-hush", "eve", 72, "+41795556677");
    const other = await story(201, "plain", "bob", 73, "+41796667788");
    const before = await test.store.history.ofChain("repository:201");
    const waiting = (await test.queue.depth())["apply-change"].waiting;
    expect(await tablesWith("hush-hush")).toEqual(
      expect.arrayContaining(["pgboss.job", "public.changes", "public.settings", "public.webhook_deliveries"]),
    );

    await test.store.repositories.erase(20);
    expect(await tablesWith("hush-hush")).toEqual([]);
    expect(await tablesWith(change.id)).toEqual([]);
    expect(await test.store.blobs.get(["blob-hush-hush"])).toEqual(new Map());
    expect(await test.store.history.ofChain("repository:20")).toEqual([]);
    expect(await test.store.settings.paused(20)).toBeUndefined();

    expect(await test.store.history.ofChain("repository:201")).toEqual(before);
    const chains = await test.store.history.verify();
    expect(chains.every(({ ok }) => ok)).toBe(true);
    expect(chains.map(({ chain }) => chain)).toContain("repository:201");
    expect((await test.store.changes.get(other.change.id))?.state).toBe("approved");
    expect(await test.store.settings.paused(201)).toBeDefined();
    expect((await test.queue.depth())["apply-change"].waiting).toBe(waiting - 1);
    await expect(test.database.pool.query("DELETE FROM change_history")).rejects.toThrow(/append-only/);
  }, 60_000);
});
