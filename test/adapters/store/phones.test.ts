import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createStore, type TestStore } from "../../support/database.ts";

const HOUR = 3_600_000;

describe("phones and codes", () => {
  let test: TestStore;
  let people = 0;
  beforeAll(async () => {
    test = await createStore();
  }, 60_000);
  afterAll(async () => test?.close());

  const somebody = async (): Promise<string> => {
    people++;
    return (await test.store.actors.ensure({ githubId: people, login: `person-${people}` })).id;
  };
  const soon = (ms = HOUR) => new Date(test.clock.now.getTime() + ms);
  const number = () => `+4179${String(1_000_000 + people * 1_000)}`;
  const enrol = async (actorId: string, e164 = number()) => {
    const phone = await test.store.phones.enrol({ actorId, e164, codeHash: `hash-${e164}`, expiresAt: soon() });
    if (!phone) throw new Error("not enrolled");
    return phone;
  };
  const verified = async (actorId: string) => {
    const phone = await enrol(actorId);
    expect(await test.store.phones.verify(phone.id, `hash-${phone.e164}`)).toBe("verified");
    return phone;
  };
  const reachable = async () => (await test.store.phones.reachable()).map(({ id }) => id);

  it("count only once they are proven, with the right code, in time, once", async () => {
    const phone = await enrol(await somebody());
    expect(await reachable()).not.toContain(phone.id);
    expect(await test.store.phones.verify(phone.id, "wrong")).toBe("wrong");
    expect(await test.store.phones.verify(phone.id, `hash-${phone.e164}`)).toBe("verified");
    expect(await test.store.phones.verify(phone.id, `hash-${phone.e164}`)).toBe("wrong");
    expect(await reachable()).toContain(phone.id);
    expect((await test.store.phones.get(phone.id))?.enrolCodeHash).toBeUndefined();

    const late = await enrol(await somebody());
    test.clock.advance(HOUR);
    expect(await test.store.phones.verify(late.id, `hash-${late.e164}`)).toBe("wrong");
  });

  it("are one person's: a proven number is nobody else's, an unproven one is whose turn it is", async () => {
    const [ana, eve] = [await somebody(), await somebody()];
    const unproven = await enrol(eve, "+41791111111");
    const hers = await enrol(ana, "+41791111111");
    expect(await test.store.phones.get(unproven.id)).toBeUndefined();
    await test.store.phones.verify(hers.id, "hash-+41791111111");
    const taken = { actorId: eve, e164: "+41791111111", codeHash: "h", expiresAt: soon() };
    expect(await test.store.phones.enrol(taken)).toBeUndefined();
    expect((await test.store.phones.byNumber("+41791111111"))?.actorId).toBe(ana);

    const moved = await enrol(ana, "+41792222222");
    expect((await test.store.phones.ofActor(ana))?.id).toBe(moved.id);
    expect(await test.store.phones.byNumber("+41791111111")).toBeUndefined();
  });

  it("are locked for an hour by the fifth bad try, and a good one forgets the bad", async () => {
    const phone = await verified(await somebody());
    const left = async () => (await test.store.phones.badTry(phone.id)).triesLeft;
    expect([await left(), await left()]).toEqual([4, 3]);
    await test.store.phones.goodTry(phone.id);
    expect([await left(), await left(), await left(), await left()]).toEqual([4, 3, 2, 1]);
    expect(await test.store.phones.badTry(phone.id)).toEqual({ triesLeft: 0, lockedUntil: soon() });
    expect(await test.store.phones.verify(phone.id, "anything")).toBe("locked");
    test.clock.advance(HOUR + 1);
    expect(await test.store.phones.verify(phone.id, "anything")).toBe("wrong");
    expect((await test.store.phones.badTry(phone.id)).triesLeft).toBe(4);
  });

  it("lose no bad try when many come at once", async () => {
    const phone = await verified(await somebody());
    const tries = await Promise.all(Array.from({ length: 5 }, () => test.store.phones.badTry(phone.id)));
    expect(tries.filter(({ lockedUntil }) => lockedUntil !== undefined)).toHaveLength(1);
    expect(await test.store.phones.verify(phone.id, "anything")).toBe("locked");
  });

  it("that said STOP are not reached until they say START, though they be enrolled again", async () => {
    const actor = await somebody();
    const phone = await verified(actor);
    await test.store.phones.optOut(phone.e164);
    expect(await reachable()).not.toContain(phone.id);
    const again = await enrol(actor, phone.e164);
    await test.store.phones.verify(again.id, `hash-${again.e164}`);
    expect(await reachable()).not.toContain(again.id);
    await test.store.phones.optIn(phone.e164);
    expect(await reachable()).toContain(again.id);
  });

  describe("codes", () => {
    const change = async (fingerprint: string): Promise<string> => {
      const draft = { repository: 1, kind: "code", title: "t", root: "", engine: "none", risk: "in-place" } as const;
      const made = await test.store.changes.create({
        ...draft,
        fingerprints: [fingerprint],
        quorum: 1,
        actor: "system",
      });
      return made.change.id;
    };
    const issue = (changeId: string, actorId: string, phoneId: string, hash: string) =>
      test.store.codes.issue({ changeId, actorId, phoneId, hash, digest: "sha256:d", expiresAt: soon() });

    it("work once, from their own phone, in time", async () => {
      const [ana, eve] = [await somebody(), await somebody()];
      const phone = await verified(ana);
      people++;
      const other = await verified(eve);
      const code = await issue(await change("c1"), ana, phone.id, "h1");
      expect(await test.store.codes.find(other.id, "h1")).toBeUndefined();
      expect(await test.store.codes.find(phone.id, "h2")).toBeUndefined();
      expect(await test.store.codes.find(phone.id, "h1")).toEqual(code);
      const used = await Promise.all([1, 2, 3].map(() => test.store.codes.use(code.id)));
      expect(used.filter(Boolean)).toHaveLength(1);
      expect(await test.store.codes.find(phone.id, "h1")).toBeUndefined();

      const late = await issue(await change("c2"), ana, phone.id, "h3");
      test.clock.advance(HOUR);
      expect(await test.store.codes.find(phone.id, "h3")).toBeUndefined();
      expect(await test.store.codes.use(late.id)).toBe(false);
    });

    it("die with the next one for the same change and phone, with their change's approval, and with their phone", async () => {
      const ana = await somebody();
      const phone = await verified(ana);
      const id = await change("c3");
      await issue(id, ana, phone.id, "old");
      await issue(id, ana, phone.id, "new");
      expect(await test.store.codes.find(phone.id, "old")).toBeUndefined();
      expect(await test.store.codes.find(phone.id, "new")).toBeDefined();

      const system = { changeId: id, actor: "system", surface: "system" } as const;
      await test.store.changes.transition({ ...system, event: { type: "propose" } });
      await test.store.changes.transition({ ...system, event: { type: "close", reason: "closed" } });
      expect(await test.store.codes.find(phone.id, "new")).toBeUndefined();

      await issue(await change("c4"), ana, phone.id, "last");
      await enrol(ana, "+41793333333");
      expect(await test.store.codes.find(phone.id, "last")).toBeUndefined();
    });
  });
});
