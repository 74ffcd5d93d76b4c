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

const load = async (folders: readonly Folder[]): Promise<readonly Rule[]> =>
  (await Promise.all(folders.map((folder) => folder.load()))).flat();
