/** What flows are given in tests: a real store, and of the outside only what a test says. */
import { createHash } from "node:crypto";
import type { GitHub, PullRequest } from "../../src/adapters/github/types.ts";
import { loadAllRules } from "../../src/core/rules/registry.ts";
import type { Deps } from "../../src/flows/deps.ts";
import { AUDIT_KEY, type TestStore } from "./database.ts";

/** A GitHub of the given methods; any other one fails the test that calls it. */
export const fakeGitHub = (methods: Partial<GitHub>): GitHub =>
  new Proxy(methods as GitHub, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (method !== undefined || typeof name === "symbol" || name === "then") return method;
      return () => Promise.reject(new Error(`this GitHub has no ${name}`));
    },
  });

export interface Logged {
  readonly level: "info" | "warn" | "error";
  readonly facts: object;
  readonly message: string;
}

export function flowDeps(
  test: TestStore,
  github: Partial<GitHub>,
  over: Partial<Deps> = {},
): Deps & { readonly logged: Logged[] } {
  const logged: Logged[] = [];
  const note = (level: Logged["level"]) => (facts: object, message: string) =>
    void logged.push({ level, facts, message });
  return {
    store: test.store,
    queue: test.queue,
    github: fakeGitHub(github),
    rules: loadAllRules,
    now: () => test.clock.now,
    log: { info: note("info"), warn: note("warn"), error: note("error") },
    retentionDays: 90,
    publicUrl: "https://draco.example",
    webUrl: "https://github.com",
    worker: "a worker of a test",
    key: AUDIT_KEY,
    ...over,
    logged,
  };
}

/** GitHub's part that reads files, of one commit with these texts by path. */
export function filesOnGitHub(files: {
  readonly [path: string]: string;
}): Pick<GitHub, "listTree" | "readBlobs" | "readFile" | "branchSha"> {
  const shaOf = (text: string): string => createHash("sha1").update(text).digest("hex");
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return {
    branchSha: async () => "a".repeat(40),
    listTree: async (_, ref) => ({
      sha: ref,
      entries: Object.entries(files).map(([path, text]) => ({
        path,
        sha: shaOf(text),
        size: bytes(text).byteLength,
        kind: "file",
      })),
    }),
    readBlobs: async (_, shas) =>
      new Map(
        Object.values(files)
          .filter((text) => shas.includes(shaOf(text)))
          .map((text) => [shaOf(text), bytes(text)]),
      ),
    readFile: async (_, path) => {
      const text = files[path];
      return text === undefined ? undefined : bytes(text);
    },
  };
}

export const openPull = (over: Partial<PullRequest> = {}): PullRequest => ({
  number: 12,
  state: "open",
  title: "Close the bucket",
  body: "",
  author: { id: 1, login: "draco[bot]", bot: true },
  headRef: "draco/x",
  headSha: "b".repeat(40),
  baseRef: "main",
  baseSha: "a".repeat(40),
  fromFork: false,
  draft: false,
  url: "https://github.com/acme/infra/pull/12",
  ...over,
});
