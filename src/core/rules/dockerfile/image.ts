/** What an image is made from and what it says of itself: base, user, ports, health, files. */
import type { FixOperation } from "../../model/patch.ts";
import type { Rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { Block, View } from "../view.ts";
import {
  allInstructions,
  dockerRule,
  finalChain,
  instructionsOf,
  noInstruction,
  rewriteText,
  stagesOf,
  textOf,
} from "./stages.ts";

/** The last USER of the final stage, or of a stage that it is built on. */
const lastUser = (view: View): Block | undefined =>
  finalChain(view)
    .flatMap((stage) => instructionsOf(stage, "USER").filter((user) => user.is("onbuild") !== true))
    .at(-1);

/** Images whose own user is not root. */
const NON_ROOT_BASE = /(?:[:-]nonroot(?:-|$)|^cgr\.dev\/chainguard\/)/;

const isRoot = (user: string): boolean => /^["']?(?:root|0+)(?::.*)?["']?$/.test(user.trim());

const finalPath = (view: View): string => `${stagesOf(view).at(-1)?.path ?? "stages.0"}.image`;

function checkBase(stage: Block): Verdict {
  const image = stage.text("image") ?? "";
  const path = `${stage.path}.image`;
  if (image === "scratch" || stage.text("stage") !== undefined || stage.text("digest") !== undefined) return pass(path);
  const tag = stage.text("tag");
  if (tag === undefined)
    return stage.is("open") === true ? undecided(path) : fail(path, `The base image ${image} names no version.`);
  if (tag === "latest") return fail(path, `The base image ${image} is whatever is latest.`);
  return /^\$/.test(tag) ? undecided(path) : pass(path);
}

const portsOf = (expose: Block): readonly string[] => (expose.text("arguments") ?? "").split(/\s+/).filter(Boolean);

const isSsh = (port: string): boolean => {
  const [from = "", to = from] = port.replace(/\/(?:tcp|udp)$/i, "").split("-");
  return !/\/udp$/i.test(port) && Number(from) <= 22 && 22 <= Number(to);
};

/** ADD does what COPY cannot: fetch with a checksum, clone, unpack a local archive. */
function addIsNeeded(add: Block): boolean {
  const words = (add.text("arguments") ?? "").split(/\s+/).filter(Boolean);
  const sources = words.slice(0, -1).map((word) => word.replace(/^["[]+|["\],]+$/g, ""));
  const hasChecksum = add.get("flags.checksum").kind === "value";
  const isUrl = (source: string): boolean => /^https?:\/\//.test(source);
  const isGit = (source: string): boolean => /^git@|^git:\/\/|\.git(?:#.*)?$/.test(source);
  const isArchive = (source: string): boolean =>
    !isUrl(source) && /\.(?:tar|tgz|tbz2?|txz|tar\.(?:gz|bz2|xz|zst))$/.test(source);
  return (
    add.get("heredocs").kind === "absent" &&
    sources.length > 0 &&
    sources.every((source) => isGit(source) || isArchive(source) || (isUrl(source) && hasChecksum))
  );
}

const needlessAdd = (view: View): readonly Block[] => allInstructions(view, "ADD").filter((add) => !addIsNeeded(add));

const relativeWorkdirs = (view: View): readonly Block[] =>
  allInstructions(view, "WORKDIR").filter((workdir) => {
    const path = (workdir.text("arguments") ?? "").replace(/^["']/, "");
    return !/^(?:\/|\$|[A-Za-z]:[\\/])/.test(path);
  });

export const image: readonly Rule[] = [
  dockerRule({
    id: "docker-ssh-port",
    aliases: ["CKV_DOCKER_1", "DS-0004", "AVD-DS-0004"],
    title: "Image exposes the SSH port",
    severity: "medium",
    why: "A shell server in a container is a second way in that nobody watches. Whoever needs a shell can use docker exec.",
    remedy: "Remove 22 from EXPOSE, and the SSH server with it.",
    check: (view) =>
      noInstruction(allInstructions(view, "EXPOSE"), (expose) =>
        portsOf(expose).some(isSsh) ? "Port 22 is exposed." : undefined,
      ),
    fix: {
      risk: "in-place",
      edit: (view) =>
        allInstructions(view, "EXPOSE")
          .filter((expose) => portsOf(expose).some(isSsh))
          .map((expose): FixOperation => {
            const left = portsOf(expose).filter((port) => !isSsh(port));
            return left.length === 0
              ? { op: "remove", path: expose.path }
              : { op: "set", path: expose.path, value: `EXPOSE ${left.join(" ")}` };
          }),
    },
    bad: "FROM alpine:3.20\nEXPOSE 22 8080",
    good: "FROM alpine:3.20\nEXPOSE 8080",
  }),
  dockerRule({
    id: "docker-healthcheck",
    aliases: ["CKV_DOCKER_2", "DS-0026", "AVD-DS-0026"],
    title: "Image has no health check",
    severity: "low",
    category: "reliability",
    why: "A program that hangs is still running as far as Docker can see. A health check tells the two apart.",
    remedy: "Add a HEALTHCHECK to the final stage.",
    check: (view) => {
      const checks = finalChain(view).flatMap((stage) => instructionsOf(stage, "HEALTHCHECK"));
      const last = checks.at(-1);
      if (!last) return fail(finalPath(view), "The final stage has no HEALTHCHECK.");
      return /^NONE\b/i.test(last.text("arguments") ?? "")
        ? fail(textOf(last), "The health check is switched off.")
        : pass(textOf(last));
    },
    bad: 'FROM alpine:3.20\nCMD ["app"]',
    good: 'FROM alpine:3.20\nHEALTHCHECK CMD ["app", "--check"]\nCMD ["app"]',
  }),
  dockerRule({
    id: "docker-no-user",
    aliases: ["CKV_DOCKER_3", "DS-0002", "AVD-DS-0002"],
    title: "Image names no user",
    severity: "high",
    why: "Without USER the program runs as root. Root in the container is root on the host once a kernel or runtime flaw is found.",
    remedy: "Create a user and name it with USER in the final stage.",
    check: (view) => {
      const user = lastUser(view);
      if (user) return pass(textOf(user));
      const base = finalChain(view)[0]?.text("image") ?? "";
      return NON_ROOT_BASE.test(base)
        ? pass(finalPath(view))
        : fail(finalPath(view), "The final stage names no user, so it runs as root.");
    },
    bad: 'FROM alpine:3.20\nCMD ["app"]',
    good: 'FROM alpine:3.20\nUSER 10001\nCMD ["app"]',
  }),
  dockerRule({
    id: "docker-root-user",
    aliases: ["CKV_DOCKER_8", "DS-0002", "AVD-DS-0002"],
    title: "Image runs as root",
    severity: "high",
    why: "The last USER is what the program runs as. Root in the container is root on the host once a kernel or runtime flaw is found.",
    remedy: "End the final stage with a USER that is not root.",
    check: (view) => {
      const user = lastUser(view);
      if (!user) return notApplicable;
      const name = user.text("arguments") ?? "";
      return isRoot(name) ? fail(textOf(user), `The last user is ${name.trim()}.`) : pass(textOf(user));
    },
    bad: 'FROM alpine:3.20\nUSER app\nUSER 0:0\nCMD ["app"]',
    good: 'FROM alpine:3.20\nUSER root\nRUN adduser -D app\nUSER app\nCMD ["app"]',
  }),
  dockerRule({
    id: "docker-add",
    aliases: ["CKV_DOCKER_4", "DS-0005", "AVD-DS-0005"],
    title: "ADD where COPY would do",
    severity: "low",
    why: "ADD fetches from the network without a check, and unpacks archives it meets. COPY does what it says.",
    remedy: "Use COPY, or give ADD a --checksum.",
    check: (view) =>
      noInstruction(allInstructions(view, "ADD"), (add) =>
        addIsNeeded(add) ? undefined : "ADD is used where COPY would do.",
      ),
    fix: {
      risk: "in-place",
      edit: (view) => {
        const local = needlessAdd(view).filter((add) => !/https?:\/\//.test(add.text("arguments") ?? ""));
        if (local.length === 0) return "COPY cannot fetch from a URL: give ADD a --checksum of what it should be.";
        return rewriteText(local, (text) => text.replace(/^((?:ONBUILD\s+)?)ADD\b/i, "$1COPY"));
      },
    },
    bad: "FROM alpine:3.20\nADD app /app",
    good: "FROM alpine:3.20\nCOPY app /app\nADD data.tar.gz /data",
  }),
  dockerRule({
    id: "docker-latest-tag",
    aliases: ["CKV_DOCKER_7", "DS-0001", "AVD-DS-0001"],
    title: "Base image is latest or has no version",
    severity: "medium",
    category: "reliability",
    why: "What latest means changes between two builds. The same Dockerfile then gives different images, and a break comes with no change of yours.",
    remedy: "Name a version, or better a digest.",
    check: (view) => {
      const verdicts = stagesOf(view).map(checkBase);
      return (
        verdicts.find((v) => v.status === "fail") ??
        verdicts.find((v) => v.status === "unknown") ??
        verdicts[0] ??
        notApplicable
      );
    },
    bad: "ARG VERSION=latest\nFROM alpine:${VERSION}",
    good: "FROM alpine:3.20 AS build\nFROM build\nCOPY . /app",
  }),
  dockerRule({
    id: "docker-relative-workdir",
    aliases: ["CKV_DOCKER_10", "DS-0009", "AVD-DS-0009"],
    title: "WORKDIR is relative",
    severity: "high",
    category: "reliability",
    why: "A relative WORKDIR depends on the one before it, in this file or in the base image. A change there moves files elsewhere.",
    remedy: "Write the path from the root on.",
    check: (view) => {
      const relative = new Set(relativeWorkdirs(view).map((workdir) => workdir.path));
      return noInstruction(allInstructions(view, "WORKDIR"), (workdir) =>
        relative.has(workdir.path) ? `WORKDIR ${workdir.text("arguments")} is relative.` : undefined,
      );
    },
    fix: {
      risk: "disruptive",
      edit: (view) =>
        rewriteText(relativeWorkdirs(view), (text) =>
          text.replace(/^((?:ONBUILD\s+)?WORKDIR\s+["']?)(?:\.\/)?/i, "$1/"),
        ),
    },
    bad: "FROM alpine:3.20\nWORKDIR app",
    good: "FROM alpine:3.20\nWORKDIR /app",
  }),
  dockerRule({
    id: "docker-duplicate-stage",
    aliases: ["CKV_DOCKER_11", "DS-0012", "AVD-DS-0012"],
    title: "Two stages have one name",
    severity: "critical",
    category: "reliability",
    why: "With two stages of a name, COPY --from takes one of them, and it is not clear which. Build and review may then disagree on what is shipped.",
    remedy: "Give each stage a name of its own.",
    check: (view) => {
      const met = new Set<string>();
      for (const stage of stagesOf(view)) {
        const name = stage.text("name")?.toLowerCase();
        if (name !== undefined && met.has(name))
          return fail(`${stage.path}.name`, `A stage before it is called ${name} as well.`);
        if (name !== undefined) met.add(name);
      }
      return met.size > 0 ? pass() : notApplicable;
    },
    bad: "FROM alpine:3.20 AS build\nFROM debian:12 AS build",
    good: "FROM alpine:3.20 AS build\nFROM debian:12 AS run",
  }),
  dockerRule({
    id: "docker-maintainer",
    aliases: ["CKV_DOCKER_6", "DS-0022", "AVD-DS-0022"],
    title: "MAINTAINER is deprecated",
    severity: "low",
    category: "reliability",
    profile: "strict",
    why: "MAINTAINER went out of use in 2017. Tools read labels.",
    remedy: 'Write LABEL maintainer="…".',
    check: (view) => {
      const found = allInstructions(view, "MAINTAINER")[0];
      return found ? fail(textOf(found), "MAINTAINER is deprecated; a label does it.") : pass();
    },
    fix: {
      risk: "in-place",
      edit: (view) =>
        rewriteText(allInstructions(view, "MAINTAINER"), (text) =>
          text.replace(
            /^MAINTAINER\s+["']?(.*?)["']?\s*$/is,
            (_all, name: string) => `LABEL maintainer="${name.replaceAll('"', '\\"')}"`,
          ),
        ),
    },
    bad: "FROM alpine:3.20\nMAINTAINER Ada Lovelace",
    good: 'FROM alpine:3.20\nLABEL maintainer="Ada Lovelace"',
  }),
];
