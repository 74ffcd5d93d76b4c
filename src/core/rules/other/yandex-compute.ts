import { eachBlock, forbidOneOf, requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, ownKey, present, setting } from "../shapes.ts";
import { fail, not, pass, verdictOf } from "../verdict.ts";
import type { View } from "../view.ts";

const STRICT = { severity: "low", profile: "strict" } as const;

const nicRule = (said: {
  readonly id: string;
  readonly checkov: string;
  readonly title: string;
  readonly on: string;
  /** Where the interfaces are. */
  readonly at: string;
  readonly about: "nat" | "security_group_ids";
}): Rule => {
  const { id, checkov, title, on, at, about } = said;
  const [outer, inner] = at.split(".");
  const shown = (line: string): string =>
    example(on, 'name = "x"', inner === undefined ? block(at, line) : block(outer ?? at, block(inner, line)));
  return rule({
    id,
    aliases: alias(checkov),
    title,
    severity: "medium",
    category: "security",
    profile: "strict",
    on,
    why:
      about === "nat"
        ? "The machine can be reached from the internet, and only rules stand before it. A load balancer or a NAT gateway serves one without a public address."
        : "Every machine of the network reaches this one, on every port. A security group says which ones may.",
    remedy: about === "nat" ? `Set nat = false in ${at}.` : `Set security_group_ids in ${at}.`,
    check: (view) =>
      eachBlock(
        view,
        at,
        (nic) =>
          about === "nat"
            ? verdictOf(not(nic.is("nat")), `${nic.path}.nat`, "It has a public address")
            : requireSet(nic, "security_group_ids", { message: "No security group guards it" }),
        about === "nat" ? pass() : fail(undefined, "No security group guards it"),
      ),
    ...(about === "nat" && {
      fix: {
        risk: "disruptive" as const,
        edit: (view: View) =>
          view
            .blocks(at)
            .items.filter((nic) => nic.is("nat") === true)
            .map((nic) => set(`${nic.path}.nat`, false)),
      },
    }),
    bad: shown(about === "nat" ? "nat = true" : 'subnet_id = "s"'),
    good: shown(about === "nat" ? "nat = false" : 'security_group_ids = ["sg-1"]'),
  });
};

const INSTANCE = "yandex_compute_instance";

const NODES = "yandex_kubernetes_node_group";

const GROUP = "yandex_compute_instance_group";

export const instanceAddress = nicRule({
  id: "yandex-compute-public-address",
  checkov: "CKV_YC_2",
  title: "Instance has a public address",
  on: INSTANCE,
  at: "network_interface",
  about: "nat",
});

export const nodeAddress = nicRule({
  id: "yandex-kubernetes-node-public-address",
  checkov: "CKV_YC_6",
  title: "Kubernetes nodes have public addresses",
  on: NODES,
  at: "instance_template.network_interface",
  about: "nat",
});

export const groupAddress = nicRule({
  id: "yandex-instance-group-public-address",
  checkov: "CKV_YC_18",
  title: "Instances of a group have public addresses",
  on: GROUP,
  at: "instance_template.network_interface",
  about: "nat",
});

export const instanceGuard = nicRule({
  id: "yandex-compute-security-group",
  checkov: "CKV_YC_11",
  title: "Instance has no security group",
  on: INSTANCE,
  at: "network_interface",
  about: "security_group_ids",
});

export const nodeGuard = nicRule({
  id: "yandex-kubernetes-node-security-group",
  checkov: "CKV_YC_15",
  title: "Kubernetes nodes have no security group",
  on: NODES,
  at: "instance_template.network_interface",
  about: "security_group_ids",
});

export const groupGuard = nicRule({
  id: "yandex-instance-group-security-group",
  checkov: "CKV_YC_22",
  title: "Instances of a group have no security group",
  on: GROUP,
  at: "instance_template.network_interface",
  about: "security_group_ids",
});

const serial = (value: string): string =>
  example(INSTANCE, 'name = "i"', `metadata = {\n  serial-port-enable = ${value}\n}`);

export const serialConsole = rule({
  ...STRICT,
  id: "yandex-compute-serial-port",
  aliases: alias("CKV_YC_4"),
  title: "Instance has its serial console open",
  severity: "medium",
  category: "security",
  on: INSTANCE,
  why: "The console can be reached from any address, past every security group. It is needed only while a machine does not boot.",
  remedy: "Set metadata.serial-port-enable = 0.",
  check: (view) =>
    forbidOneOf(view, "metadata.serial-port-enable", [1, "true"], { message: "The serial console is open" }),
  fix: { risk: "in-place", edit: () => [set("metadata.serial-port-enable", 0)] },
  bad: serial("1"),
  good: [serial("0"), example(INSTANCE, 'name = "i"')],
});

const CLUSTER = "yandex_kubernetes_cluster";

export const clusterAddress = setting({
  ...STRICT,
  id: "yandex-kubernetes-public",
  aliases: alias("CKV_YC_5"),
  title: "Kubernetes control plane is public",
  severity: "medium",
  on: CLUSTER,
  at: "master.public_ip",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  why: "Anyone can try stolen tokens and new flaws on the API server. It governs every node and pod.",
});

export const clusterUpgrade = setting({
  ...STRICT,
  id: "yandex-kubernetes-auto-upgrade",
  aliases: alias("CKV_YC_7"),
  title: "Kubernetes control plane does not upgrade by itself",
  on: CLUSTER,
  at: "master.maintenance_policy.auto_upgrade",
  wanted: true,
  risk: "in-place",
  why: "Fixes of known flaws wait until somebody remembers. Upgrades come in the maintenance window.",
});

export const nodeUpgrade = setting({
  ...STRICT,
  id: "yandex-kubernetes-node-auto-upgrade",
  aliases: alias("CKV_YC_8"),
  title: "Kubernetes nodes do not upgrade by themselves",
  on: NODES,
  at: "maintenance_policy.auto_upgrade",
  wanted: true,
  risk: "in-place",
  like: [block("instance_template", block("network_interface", 'security_group_ids = ["sg-1"]'))],
  why: "Fixes of known flaws wait until somebody remembers. Upgrades come in the maintenance window.",
});

export const etcdKey = ownKey({
  id: "yandex-kubernetes-own-key",
  aliases: alias("CKV_YC_10"),
  title: "Kubernetes secrets are not encrypted with a key of your own",
  on: CLUSTER,
  at: "kms_provider.key_id",
  like: ['name = "c"'],
});

export const clusterGuard = present({
  ...STRICT,
  id: "yandex-kubernetes-security-group",
  aliases: alias("CKV_YC_14"),
  title: "Kubernetes control plane has no security group",
  severity: "medium",
  on: CLUSTER,
  at: "master.security_group_ids",
  such: "x",
  why: "Every machine of the network reaches the API server. A security group says which ones may.",
  bad: example(CLUSTER, 'name = "c"'),
  good: example(CLUSTER, 'name = "c"', block("master", 'security_group_ids = ["sg-1"]')),
});

export const clusterPolicy = setting({
  ...STRICT,
  id: "yandex-kubernetes-network-policy",
  aliases: alias("CKV_YC_16"),
  title: "Kubernetes lets every pod speak to every other",
  severity: "medium",
  on: CLUSTER,
  at: "network_policy_provider",
  wanted: "CALICO",
  risk: "replaces",
  unless: (view) =>
    view.blocks("network_implementation.cilium").items.length > 0 ? pass("network_implementation") : undefined,
  like: ['name = "c"'],
  why: "Whoever takes over one pod reaches all others, databases too. Network policies are obeyed only where something enforces them.",
});
