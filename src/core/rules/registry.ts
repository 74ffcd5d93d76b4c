/**
 * Every rule Draco has, by provider folder. Folders are loaded when a resource of theirs was read, so that a scan of
 * one Dockerfile does not pay for the clouds.
 */
import type { Rule } from "./rule.ts";

interface Folder {
  readonly name: string;
  /** Whether rules of this folder may look at a resource type. */
  readonly owns: (type: string) => boolean;
  readonly load: () => Promise<readonly Rule[]>;
}

const startsWith =
  (...prefixes: readonly string[]) =>
  (type: string): boolean => {
    const bare = type.replace(/^(?:data|provider)\./, "");
    return prefixes.some((prefix) => bare.startsWith(prefix));
  };

const FOLDERS: readonly Folder[] = [
  {
    name: "aws",
    owns: startsWith("aws_", "AWS::", "aws", "module"),
    load: async () => (await import("./aws/index.ts")).awsRules,
  },
  {
    name: "azure",
    owns: startsWith("azurerm", "azuread", "azapi"),
    load: async () => (await import("./azure/index.ts")).azureRules,
  },
  {
    name: "kubernetes",
    owns: startsWith("kubernetes"),
    load: async () => (await import("./kubernetes/index.ts")).kubernetesRules,
  },
  {
    name: "dockerfile",
    owns: startsWith("dockerfile"),
    load: async () => (await import("./dockerfile/index.ts")).dockerfileRules,
  },
  {
    name: "google",
    owns: startsWith("google_"),
    load: async () => (await import("./google/index.ts")).googleRules,
  },
  {
    name: "terraform",
    owns: (type) => type === "module",
    load: async () => (await import("./terraform/index.ts")).terraformRules,
  },
  {
    name: "other",
    owns: startsWith(
      ...["alicloud_", "oci_", "yandex_", "tencentcloud_", "ncloud_", "ibm_", "panos_", "openstack_", "linode_"],
      ...["digitalocean_", "github_repository", "github_branch_", "github_organization_", "github_actions_"],
      ...["gitlab_", "okta_", "oci", "ncloud", "panos", "openstack", "linode", "bridgecrew"],
    ),
    load: async () => (await import("./other/index.ts")).otherRules,
  },
  {
    name: "workflows",
    owns: startsWith("github_workflow", "github_action"),
    load: async () => (await import("./workflows/index.ts")).workflowRules,
  },
];

/** The rules of every folder that owns one of these resource types. */
export async function loadRulesFor(types: Iterable<string>): Promise<readonly Rule[]> {
  const met = [...types];
  return load(FOLDERS.filter((folder) => met.some((type) => folder.owns(type))));
}

export const loadAllRules = (): Promise<readonly Rule[]> => load(FOLDERS);

/** One after the other: they share modules, which not every loader can link twice at once. */
async function load(folders: readonly Folder[]): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const folder of folders) rules.push(...(await folder.load()));
  return rules;
}
