/**
 * Rules about manifests, asked of the same objects written in Terraform: the rule sees the manifest, and what it answers
 * (a place, a fix) is told in terms of the Terraform resource. Knows nothing of any rule.
 */
import type { FixOperation } from "../../model/patch.ts";
import type { Resource } from "../../model/resource.ts";
import { isList, isUnknown } from "../../model/value.ts";
import { identityOf, linkRoles } from "../../read/kubernetes/read.ts";
import { type Manifest, manifestOf, terraformPath } from "../../read/terraform-kubernetes/manifest.ts";
import { ANY_OBJECT, typesOfKind } from "../../read/terraform-kubernetes/names.ts";
import { Estate } from "../estate.ts";
import type { Fixer, Rule } from "../rule.ts";
import { fail, notApplicable, truthOf, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

/** Terraform's types of the objects that a rule is about, other than manifests within Terraform. */
const typesOf = (rule: Rule): readonly string[] =>
  rule.on.flatMap((type) => typesOfKind(type.replace(/^kubernetes\./, "")));

/** The rule, on Terraform's resources as well: on all of them, or on manifests within Terraform alone. */
export function alsoInTerraform(rule: Rule, among: "all" | "manifests" = "all"): Rule {
  const written = onlyInTerraform(rule, among === "all" ? [...typesOf(rule), ANY_OBJECT] : [ANY_OBJECT]);
  const { fix } = rule;
  return {
    ...written,
    on: [...rule.on, ...written.on],
    check: (view) => (isManifest(view) ? rule : written).check(view),
    intent: (view) => (isManifest(view) ? rule : written).intent(view),
    ...(fix && { fix: { ...fix, edit: (view: View) => (isManifest(view) ? fix.edit(view) : edit(fix, view)) } }),
  };
}

/** The rule, on Terraform's resources alone. */
export function onlyInTerraform(rule: Rule, types: readonly string[] = typesOf(rule)): Rule {
  const { fix } = rule;
  return {
    ...rule,
    on: types,
    check: (view) => checkWritten(rule, view),
    intent: (view) => truthOf(checkWritten(rule, view)),
    ...(fix && { fix: { ...fix, edit: (view: View) => edit(fix, view) } }),
  };
}

const isManifest = (view: View): boolean => view.type.startsWith("kubernetes.");

/** A Terraform resource as the manifest it becomes, among the others of its stack. */
interface Written {
  readonly view: View;
  readonly manifest: Manifest;
}

/** Each stack's manifests are made once, for all rules. */
const WRITTEN = new WeakMap<Estate, ReadonlyMap<View, Written>>();

function writtenOf(view: View): Written | undefined {
  let written = WRITTEN.get(view.estate);
  if (!written) {
    written = manifestsOf(view.estate);
    WRITTEN.set(view.estate, written);
  }
  return written.get(view);
}

function manifestsOf(estate: Estate): ReadonlyMap<View, Written> {
  const found = estate.views.flatMap((view) => {
    const manifest = manifestOf(view.resource);
    return manifest ? [{ view, manifest }] : [];
  });
  const resources = found.map(({ view, manifest }) => asManifest(view.resource, manifest));
  const { views } = new Estate(linkRoles(resources));
  const written = new Map<View, Written>();
  found.forEach(({ view, manifest }, index) => {
    const own = views[index];
    if (own) written.set(view, { view: own, manifest });
  });
  return written;
}

const asManifest = (resource: Resource, { kind, attributes }: Manifest): Resource => ({
  ...resource,
  ...identityOf(kind, attributes, resource.name),
  attributes,
  references: [],
});

function checkWritten(rule: Rule, view: View): Verdict {
  const written = writtenOf(view);
  if (!written || !rule.on.includes(written.view.type)) return notApplicable;
  const verdict = rule.check(written.view);
  if (!("path" in verdict) || verdict.path === undefined) return verdict;
  const { path } = verdict;
  // Manifests have no unknown values, so their rules do not ask for them.
  if (verdict.status === "fail" && isOpen(written.view, path)) return undecided(terraformPath(view.resource, path));
  if (verdict.status === "pass" && !written.manifest.isPodWritten && path.startsWith("spec."))
    return fail(terraformPath(view.resource, path), "Its pod is not written: nothing says that it is as it should be.");
  return {
    ...verdict,
    // Most verdicts are passes, and nobody asks where those stand.
    get path() {
      return terraformPath(view.resource, path);
    },
  };
}

function isOpen(view: View, path: string): boolean {
  const found = view.get(path);
  return found.kind === "unknown" || (found.kind === "value" && isList(found.value) && found.value.some(isUnknown));
}

function edit(fix: Fixer, view: View): readonly FixOperation[] | string {
  const written = writtenOf(view);
  if (!written) return "It is not known which object of Kubernetes this is.";
  if (!written.manifest.isPodWritten) return "Its pod is not written yet.";
  const operations = fix.edit(written.view);
  if (typeof operations === "string") return operations;
  const translated: FixOperation[] = [];
  for (const operation of operations) {
    if ((operation.op !== "set" && operation.op !== "remove") || operation.address !== undefined)
      return "The fix is made for manifests, and cannot be written in Terraform.";
    translated.push({ ...operation, path: terraformPath(view.resource, operation.path) });
  }
  return translated;
}
