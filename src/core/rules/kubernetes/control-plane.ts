/** Flags of the cluster's own components, where they run as pods: API server, controller manager, scheduler, etcd, kubelet. */
import type { Severity } from "../../model/finding.ts";
import { isList, isObject } from "../../model/value.ts";
import { podSpec } from "../../read/kubernetes/pod-spec.ts";
import { type Rule, rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, type Verdict } from "../verdict.ts";
import type { Block } from "../view.ts";
import { apiServerAccess } from "./control-plane/api-server-access.ts";
import { apiServerAdmission } from "./control-plane/api-server-admission.ts";
import { apiServerAudit } from "./control-plane/api-server-audit.ts";
import { apiServerTls } from "./control-plane/api-server-tls.ts";
import { controllerFlags } from "./control-plane/controllers.ts";
import { etcdFlags } from "./control-plane/etcd.ts";
import type { FlagRule } from "./control-plane/flag-rule.ts";
import { kubeletFlags } from "./control-plane/kubelet.ts";
import { pod, WORKLOADS } from "./workload.ts";

/** Reads `--name=value`, `--name value` and `--name` of a component's command line; undefined where it is not that component. */
export function flagsOf(container: Block, component: string): ReadonlyMap<string, string> | undefined {
  if (!mentions(container, component)) return undefined;
  const words = ["command", "args"]
    .flatMap((list) => container.strings(list).items)
    .flatMap((item) => (/\s/.test(item.trim()) && !item.includes("=") ? item.trim().split(/\s+/) : [item.trim()]));
  const program = words.find((word) => !word.startsWith("-"));
  const runs = words.some((word) => !word.startsWith("-") && word.slice(word.lastIndexOf("/") + 1) === component);
  if (!program || !runs) return undefined;
  const flags = new Map<string, string>();
  words.forEach((word, index) => {
    const match = /^--([^=\s]+)(?:=(.*))?$/s.exec(word);
    if (!match?.[1]) return;
    const next = words[index + 1];
    const value = match[2] ?? (next !== undefined && !next.startsWith("-") ? next : "");
    flags.set(match[1], value);
  });
  return flags;
}

/** Dozens of rules ask this of every container there is: most are turned away here. */
function mentions({ value }: Block, component: string): boolean {
  if (!isObject(value)) return false;
  return [value.command, value.args].some(
    (list) => isList(list) && list.some((word) => typeof word === "string" && word.includes(component)),
  );
}

/** Where a flag is written, or the command line where it is not. */
function pathOf(container: Block, flag: string): string {
  for (const list of ["command", "args"]) {
    const index = container.strings(list).items.findIndex((item) => item.trim().replace(/=.*$/s, "") === `--${flag}`);
    if (index !== -1) return `${container.get(list).path}.${index}`;
  }
  return container.get("command").path;
}

const flagRule = (source: FlagRule): Rule => {
  const check = (container: Block): Verdict => {
    const flags = flagsOf(container, source.component);
    if (!flags) return notApplicable;
    const [first = ""] = source.flags;
    for (const flag of source.flags) {
      if (!source.holds(flags.get(flag), flags))
        return fail(pathOf(container, flag), `${source.component} ${source.message ?? `should set --${flag}`}.`);
    }
    return pass(pathOf(container, first));
  };
  return rule({
    id: source.id,
    aliases: [source.alias],
    title: source.title,
    severity: source.severity ?? ("medium" satisfies Severity),
    category: source.category ?? "security",
    profile: source.profile ?? "default",
    on: WORKLOADS,
    why: source.why,
    remedy: source.remedy,
    ...(source.cis !== undefined && { compliance: [{ framework: "CIS Kubernetes 1.9", control: source.cis }] }),
    check: (view) => {
      const spec = podSpec(view);
      return spec ? allOf(spec.blocks("containers").items.map(check)) : notApplicable;
    },
    bad: pod(commandLine(source.component, source.bad)),
    good: pod(commandLine(source.component, source.good)),
  });
};

const commandLine = (component: string, flags: string): string =>
  [
    "command:",
    `  - ${component}`,
    ...flags
      .split(" ")
      .filter(Boolean)
      .map((flag) => `  - ${flag}`),
  ].join("\n");

export const controlPlane: readonly Rule[] = [
  ...apiServerAccess,
  ...apiServerTls,
  ...apiServerAdmission,
  ...apiServerAudit,
  ...controllerFlags,
  ...etcdFlags,
  ...kubeletFlags,
].map(flagRule);
