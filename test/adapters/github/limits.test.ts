/** What the emulated GitHub lacks, over real HTTP: limits, broken answers, archives, huge trees, many annotations. */
import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "@jest/globals";
import { NotFound, RateLimited, Refused, Unauthorised, Unreachable } from "../../../src/adapters/errors.ts";
import { openGitHub } from "../../../src/adapters/github/open.ts";
import { blobSha } from "../../../src/adapters/github/tarball.ts";
import { limitedForMs } from "../../../src/adapters/github/translate.ts";
import type { Annotation, Repo } from "../../../src/adapters/github/types.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
});
const REPO: Repo = { installationId: 1, id: 2, owner: "acme", name: "infra" };
const AT = "/repos/acme/infra";

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}
type Reply = { status?: number; headers?: Record<string, string>; body?: unknown };

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** A GitHub that answers as told; tokens are minted without asking. */
async function github(reply: (asked: Asked) => Reply | undefined, change: object = {}) {
  const asked: Asked[] = [];
  server = createServer((request, response) => {
    void (async () => {
      const method = request.method ?? "";
      const path = decodeURIComponent(request.url ?? "");
      const body = await bodyOf(request);
      const token = { token: "ghs_x", expires_at: new Date(Date.now() + 3_600_000).toISOString(), permissions: {} };
      const minting = path.endsWith("/access_tokens");
      const one = { method, path, body: body === "" ? {} : JSON.parse(body) };
      if (!minting) asked.push(one);
      const {
        status = 200,
        headers = {},
        body: answer,
      } = minting ? { status: 201, body: token } : (reply(one) ?? { status: 404 });
      const raw = Buffer.isBuffer(answer);
      response.writeHead(status, { "content-type": raw ? "application/x-gzip" : "application/json", ...headers });
      response.end(raw ? answer : JSON.stringify(answer ?? { message: "Not Found" }));
    })();
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { github: openGitHub({ appId: 1, privateKey, baseUrl, retries: 0, ...change }), asked, baseUrl };
}

describe("failures", () => {
  const soon = Math.ceil(Date.now() / 1000) + 120;
  it.each<[string, Reply, unknown, number]>([
    [
      "a primary limit",
      {
        status: 403,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(soon) },
        body: { message: "API rate limit exceeded" },
      },
      RateLimited,
      100_000,
    ],
    [
      "a primary limit as 429",
      {
        status: 429,
        headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(soon) },
        body: { message: "x" },
      },
      RateLimited,
      100_000,
    ],
    [
      "a secondary limit",
      { status: 403, headers: { "retry-after": "37" }, body: { message: "You have exceeded a secondary rate limit." } },
      RateLimited,
      37_000,
    ],
    [
      "a secondary limit without a time",
      { status: 403, body: { message: "You have exceeded a secondary rate limit." } },
      RateLimited,
      60_000,
    ],
    [
      "a missing permission",
      { status: 403, body: { message: "Resource not accessible by integration" } },
      Unauthorised,
      0,
    ],
    ["a bad credential", { status: 401, body: { message: "Bad credentials" } }, Unauthorised, 0],
    ["nothing there", { status: 404 }, NotFound, 0],
    ["a refusal", { status: 422, body: { message: "Validation Failed" } }, Refused, 0],
    ["GitHub in trouble", { status: 502, body: { message: "Bad Gateway" } }, Unreachable, 0],
  ])("tells %s apart, without sleeping", async (_, reply, kind, leastMs) => {
    for (const throttle of reply.status === 401 ? [true] : [true, false]) {
      const { github: gh } = await github(() => reply, { throttle });
      const started = performance.now();
      const error: unknown = await gh.listTree(REPO, "main").catch((e: unknown) => e);
      expect(error).toBeInstanceOf(kind);
      if (error instanceof RateLimited) expect(error.retryAfterMs).toBeGreaterThanOrEqual(leastMs);
      expect(String(error)).not.toContain("ghs_x");
      // A fresh token that is refused is tried for five seconds by Octokit: GitHub's own copies may lag behind.
      expect(performance.now() - started).toBeLessThan(10_000);
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
      server = undefined;
    }
  });

  it("says Unreachable where nobody listens or nobody answers in time", async () => {
    const { github: gh, baseUrl } = await github(() => ({}));
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    await expect(gh.listTree(REPO, "main")).rejects.toThrow(Unreachable);
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server?.listen(Number(new URL(baseUrl).port), "127.0.0.1", resolve));
    const slow = openGitHub({ appId: 1, privateKey, baseUrl, retries: 0, timeoutMs: 50 });
    await expect(slow.listTree(REPO, "main")).rejects.toThrow(Unreachable);
  });

  it("tries again by itself after a 5xx", async () => {
    let times = 0;
    const tree = { sha: "s", tree: [], truncated: false };
    const { github: gh } = await github(() => (times++ === 0 ? { status: 500, body: {} } : { body: tree }), {
      retries: 1,
    });
    expect((await gh.listTree(REPO, "main")).entries).toEqual([]);
  });

  it("knows no limit in what is none", () => {
    expect(
      limitedForMs({ status: 403, message: "Forbidden", headers: { "x-ratelimit-remaining": "12" } }, 0),
    ).toBeUndefined();
    expect(limitedForMs({ status: 404, message: "rate limit", headers: {} }, 0)).toBeUndefined();
  });
});

describe("a tree that one answer cannot hold", () => {
  it("is walked until every file is listed", async () => {
    const file = (path: string) => ({ path, mode: "100644", type: "blob", sha: `sha-${path}`, size: 1 });
    const folder = (path: string, sha: string) => ({ path, mode: "040000", type: "tree", sha });
    const trees: Record<string, object> = {
      "main?recursive=1": { sha: "root", truncated: true, tree: [file("a.tf")] },
      main: { sha: "root", truncated: false, tree: [file("a.tf"), folder("big", "t-big"), folder("small", "t-small")] },
      "t-small?recursive=1": {
        sha: "t-small",
        truncated: false,
        tree: [file("s.tf"), folder("x", "t-x"), file("x/y.tf")],
      },
      "t-big?recursive=1": { sha: "t-big", truncated: true, tree: [] },
      "t-big": {
        sha: "t-big",
        truncated: false,
        tree: [{ ...file("link"), mode: "120000" }, folder("deep", "t-deep")],
      },
      "t-deep?recursive=1": { sha: "t-deep", truncated: false, tree: [{ ...file("run.sh"), mode: "100755" }] },
    };
    const { github: gh } = await github(({ path }) => ({ body: trees[path.replace(`${AT}/git/trees/`, "")] }));
    const { entries } = await gh.listTree(REPO, "main");
    expect(entries.map((e) => `${e.path} ${e.kind}`).sort()).toEqual(
      ["a.tf file", "big/deep/run.sh executable", "big/link symlink", "small/s.tf file", "small/x/y.tf file"].sort(),
    );
  });
});

describe("many blobs", () => {
  const contents = Array.from({ length: 301 }, (_, i) =>
    Buffer.from(i === 300 ? "" : `file ${i} ${"é".repeat(i * 7)}\n`),
  );
  const shas = contents.map((bytes) => blobSha(bytes));

  it("come in one archive, and those that it lacks one by one", async () => {
    const dir = mkdtempSync(join(tmpdir(), "draco-tar-"));
    for (const [i, bytes] of contents.slice(1).entries()) {
      writeFileSync(join(dir, `${"long-name-".repeat(i % 30)}${i}.tf`.slice(-250)), bytes);
    }
    const archive = join(dir, "..", `draco-${process.pid}.tar.gz`);
    execFileSync("tar", ["--format=pax", "-czf", archive, "-C", dir, "."]);
    const bytes = readFileSync(archive);
    rmSync(dir, { recursive: true });
    rmSync(archive);
    const first = contents[0] ?? Buffer.alloc(0);
    const { github: gh, asked } = await github(({ path }) =>
      path === `${AT}/tarball/abc`
        ? { body: bytes }
        : path === `${AT}/git/blobs/${shas[0]}`
          ? { body: { content: first.toString("base64"), encoding: "base64" } }
          : undefined,
    );
    const blobs = await gh.readBlobs(REPO, shas, "abc");
    expect(blobs.size).toBe(301);
    for (const [i, content] of contents.entries()) {
      expect(Buffer.from(blobs.get(shas[i] ?? "") ?? []).equals(content)).toBe(true);
    }
    expect(asked.map((a) => a.path)).toEqual([`${AT}/tarball/abc`, `${AT}/git/blobs/${shas[0]}`]);
  });

  it("come one by one where there is no archive", async () => {
    const { github: gh, asked } = await github(({ path }) => {
      const i = shas.indexOf(path.split("/").at(-1) ?? "");
      return i < 0 ? undefined : { body: { content: contents[i]?.toString("base64"), encoding: "base64" } };
    });
    expect((await gh.readBlobs(REPO, shas, "abc")).size).toBe(301);
    expect(asked.filter((a) => a.path.includes("/tarball/"))).toHaveLength(1);
  });

  it("fail as Unreachable where the archive is cut off or is none", async () => {
    const { github: gh } = await github(({ path }) =>
      path.includes("/tarball/") ? { body: gzipSync("x".repeat(600)).subarray(0, 15) } : undefined,
    );
    await expect(gh.readBlobs(REPO, shas, "abc")).rejects.toThrow(Unreachable);
  });

  it("are named as git names them", () => {
    const sha1 = createHash("sha1").update("blob 6\0hello\n").digest("hex");
    expect(blobSha(Buffer.from("hello\n"))).toBe(sha1);
    expect(sha1).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
  });
});

describe("a check run", () => {
  const annotation = (n: number): Annotation => ({
    path: "a.tf",
    startLine: n + 1,
    endLine: n + 1,
    level: "failure",
    title: `t${n}`,
    message: "m",
  });
  const outputs = (asked: readonly Asked[]) =>
    asked.map((a) => (a.body.output as { annotations: { title: string }[] }).annotations.map((x) => x.title));

  it.each([
    [0, [0]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
    [400, [50, 50, 50, 50, 50, 50]],
  ])("with %i annotations sends each once, 50 at a time, 300 at most", async (count, batches) => {
    const { github: gh, asked } = await github(() => ({ body: { id: 9 } }));
    const annotations = Array.from({ length: count }, (_, i) => annotation(i));
    const run = {
      name: "draco/scan",
      headSha: "h",
      title: "t",
      summary: "s",
      conclusion: "failure",
      annotations,
    } as const;
    expect(await gh.createCheckRun(REPO, run)).toBe(9);
    expect(asked.map((a) => a.method)).toEqual(batches.map((_, i) => (i === 0 ? "POST" : "PATCH")));
    expect(outputs(asked).map((titles) => titles.length)).toEqual(batches);
    expect(outputs(asked).flat()).toEqual(annotations.slice(0, 300).map((a) => a.title));
  });

  it("stays within the lengths that GitHub takes", async () => {
    const { github: gh, asked } = await github(() => ({ body: { id: 9 } }));
    const action = { identifier: "i".repeat(30), label: "l".repeat(30), description: "d".repeat(60) };
    const run = {
      name: "n",
      headSha: "h",
      title: "t",
      summary: "🙂".repeat(40_000),
      actions: [action, action, action, action],
    };
    await gh.updateCheckRun(REPO, 9, run);
    const sent = asked[0]?.body as {
      actions: { identifier: string; label: string; description: string }[];
      output: { summary: string };
      status: string;
    };
    expect(sent.actions.map((a) => [a.identifier.length, a.label.length, a.description.length])).toEqual(
      Array(3).fill([20, 20, 40]),
    );
    expect(sent.output.summary.length).toBeLessThanOrEqual(65_535);
    expect(sent.output.summary).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
    expect(sent.status).toBe("in_progress");
  });
});

describe("the log of deliveries", () => {
  it("is read page by page, newest first, and one can be asked for again", async () => {
    const one = (id: number) => ({
      id,
      guid: `g${id}`,
      event: "push",
      action: null,
      status_code: id === 2 ? 502 : 200,
      redelivery: false,
      delivered_at: "2026-11-23T00:00:00Z",
    });
    const {
      github: gh,
      asked,
      baseUrl,
    } = await github(({ method, path }) => {
      if (method === "POST") return { status: 202, body: {} };
      const second = path.includes("cursor=c");
      const link = { link: `<${baseUrl}/app/hook/deliveries?cursor=c>; rel="next"` };
      return second ? { body: [one(1)] } : { body: [one(3), one(2)], headers: link };
    });
    expect((await gh.deliveries())?.map((d) => [d.guid, d.statusCode])).toEqual([
      ["g3", 200],
      ["g2", 502],
      ["g1", 200],
    ]);
    await gh.redeliver(2);
    expect(asked.at(-1)).toMatchObject({ method: "POST", path: "/app/hook/deliveries/2/attempts" });
  });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
