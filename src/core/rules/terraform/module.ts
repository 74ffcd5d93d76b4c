/** Where modules come from, and whether what comes is what was reviewed. */
import { HOLE, textsAt } from "../evaluators/texts.ts";
import { rule } from "../rule.ts";
import { fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

type Source =
  | { readonly kind: "local" }
  | { readonly kind: "registry" }
  /** `ref` is "" where the source names none. */
  | { readonly kind: "git"; readonly ref: string }
  | { readonly kind: "archive"; readonly checked: boolean };

const REGISTRY = /^(?:[\w.-]+\.[a-z]{2,}(?::\d+)?\/)?[\w-]+\/[\w-]+\/[\w-]+(?:\/\/.*)?$/i;
const GIT = /^git::|^git@|^(?:github\.com|bitbucket\.org)\/|^ssh:|\.git(?:\/\/|\?|$)/;

/** The kinds of source that Terraform knows: https://developer.hashicorp.com/terraform/language/modules/sources. */
function sourceOf(text: string): Source {
  if (/^\.{1,2}(?:\/|\\|$)|^\//.test(text)) return { kind: "local" };
  const query = new URLSearchParams(text.includes("?") ? text.slice(text.indexOf("?") + 1) : "");
  if (GIT.test(text)) return { kind: "git", ref: query.get("ref") ?? "" };
  if (REGISTRY.test(text)) return { kind: "registry" };
  return { kind: "archive", checked: query.has("checksum") || query.has("versionId") || query.has("generation") };
}

const isCommit = (ref: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{7,39})$/i.test(ref);
const isVersion = (ref: string): boolean => /\d+\.\d+/.test(ref);
const isExact = (constraint: string): boolean => /^=?\s*v?\d+\.\d+\.\d+(?:[-+][\w.-]+)?$/.test(constraint.trim());

function judge(view: View, ofRef: (ref: string) => Verdict, ofVersion: (constraint: string) => Verdict): Verdict {
  const [text] = textsAt(view, "source").items;
  if (text === undefined) return notApplicable;
  const source = sourceOf(text);
  switch (source.kind) {
    case "local":
      return notApplicable;
    case "git":
      return source.ref.includes(HOLE) || (text.includes(HOLE) && source.ref === "")
        ? undecided("source")
        : ofRef(source.ref);
    case "archive":
      if (text.includes(HOLE)) return undecided("source");
      return source.checked ? pass("source") : fail("source", "What the address serves may change");
    case "registry": {
      const version = view.get("version");
      if (version.kind === "unknown") return undecided("version");
      return version.kind === "absent" ? fail("version", "No version is named") : ofVersion(String(version.value));
    }
  }
}

const call = (source: string, ...lines: readonly string[]): string =>
  `module "m" {\n  source  = "${source}"\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
const COMMIT = "26c38a66f12e7c6c93b6a2ba127ad68981a48671";
const VPC = "git::https://example.com/acme/terraform-vpc.git";
const DOCS = ["https://developer.hashicorp.com/terraform/language/modules/sources"];

export const pinned = rule({
  id: "terraform-module-pinned",
  aliases: ["CKV_TF_1"],
  title: "Module is not pinned to a commit or an exact version",
  severity: "low",
  category: "security",
  on: "module",
  why: "Branches and tags can be moved: the next init may bring code that nobody here has seen, with all your rights. A commit is always the same code, and a registry keeps each version as it was.",
  remedy: "Use ?ref= with the full hash of a commit, or an exact version of a registry module.",
  references: DOCS,
  check: (view) =>
    judge(
      view,
      (ref) =>
        isCommit(ref) ? pass("source") : fail("source", ref === "" ? "No commit is named" : `${ref} may be moved`),
      (version) => (isExact(version) ? pass("version") : fail("version", `"${version}" lets newer versions in`)),
    ),
  bad: [call(VPC), call(`${VPC}?ref=v5.0.0`), call("acme/vpc/aws"), call("acme/vpc/aws", 'version = "~> 5.0"')],
  good: [
    call(`${VPC}?ref=${COMMIT}`),
    call(`${VPC}//modules/a?ref=${COMMIT}`),
    call("acme/vpc/aws", 'version = "5.1.2"'),
  ],
});

export const versioned = rule({
  id: "terraform-module-versioned",
  aliases: ["CKV_TF_2"],
  title: "Module names no version",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "module",
  why: "Each init takes what is newest, so that two runs of the same code differ. With a version a change is a commit that somebody reads.",
  remedy: "Use ?ref= with a tag or a commit, or a version of a registry module.",
  references: DOCS,
  check: (view) =>
    judge(
      view,
      (ref) =>
        isCommit(ref) || isVersion(ref)
          ? pass("source")
          : fail("source", ref === "" ? "No version is named" : `${ref} is not a version`),
      () => pass("version"),
    ),
  bad: [call(VPC), call(`${VPC}?ref=main`), call("acme/vpc/aws")],
  good: [call(`${VPC}?ref=v5.0.0`), call(`${VPC}?depth=1&ref=${COMMIT}`), call("acme/vpc/aws", 'version = "~> 5.0"')],
});
