/** Keys of your own: for storage, Cosmos DB, Data Explorer, cognitive services, Synapse, Machine Learning, App Configuration. */
import { requireSet, someJoined } from "../checks.ts";
import { type Rule, type RuleSource, rule } from "../rule.ts";
import { anyOf, pass } from "../verdict.ts";
import { block, resource } from "./example.ts";

interface Keyed extends Pick<RuleSource, "id" | "aliases" | "title" | "references"> {
  readonly type: string;
  /** Where the key is named in the resource itself. */
  readonly inline: string;
  /** The resource that names it otherwise, and the attribute that points back. */
  readonly companion?: { readonly type: string; readonly link: string };
}

function customerKey({ type, inline, companion, ...words }: Keyed): Rule {
  const message = "It is encrypted with Microsoft's key";
  const [outer = "", inner] = inline.split(".");
  const keyed = resource(type, inner === undefined ? `${outer} = "id"` : block(outer, `${inner} = "id"`));
  return rule({
    ...words,
    severity: "low",
    category: "security",
    profile: "strict",
    on: type,
    why: "The key that Microsoft manages cannot be limited or withdrawn. With a key of your own you decide who may decrypt.",
    remedy: companion ? `Set ${inline}, or add an ${companion.type}.` : `Set ${inline}.`,
    check: (view) =>
      anyOf([
        requireSet(view, inline, { message }),
        ...(companion ? [someJoined(view, companion.type, companion.link, () => pass(), message)] : []),
      ]),
    bad: resource(type, 'name = "n"'),
    good: companion
      ? [keyed, `${resource(type, 'name = "n"')}\n${resource(companion.type, `${companion.link} = ${type}.r.id`)}`]
      : keyed,
  });
}

export const storageKey = customerKey({
  id: "azure-storage-customer-key",
  aliases: ["CKV2_AZURE_1", "CKV2_AZURE_18", "AZU-0060", "AVD-AZU-0060"],
  title: "Storage account is not encrypted with a key of your own",
  type: "azurerm_storage_account",
  inline: "customer_managed_key.key_vault_key_id",
  companion: { type: "azurerm_storage_account_customer_managed_key", link: "storage_account_id" },
  references: ["https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview"],
});

export const cosmosKey = customerKey({
  id: "azure-cosmos-customer-key",
  aliases: ["CKV_AZURE_100"],
  title: "Cosmos DB is not encrypted with a key of your own",
  type: "azurerm_cosmosdb_account",
  inline: "key_vault_key_id",
  references: ["https://learn.microsoft.com/azure/cosmos-db/how-to-setup-customer-managed-keys"],
});

export const explorerKey = customerKey({
  id: "azure-data-explorer-customer-key",
  aliases: ["CKV2_AZURE_11"],
  title: "Data Explorer is not encrypted with a key of your own",
  type: "azurerm_kusto_cluster",
  inline: "key_vault_key_id",
  companion: { type: "azurerm_kusto_cluster_customer_managed_key", link: "cluster_id" },
  references: ["https://learn.microsoft.com/azure/data-explorer/customer-managed-keys"],
});

export const cognitiveKey = customerKey({
  id: "azure-cognitive-customer-key",
  aliases: ["CKV2_AZURE_22"],
  title: "Cognitive service is not encrypted with a key of your own",
  type: "azurerm_cognitive_account",
  inline: "customer_managed_key.key_vault_key_id",
  companion: { type: "azurerm_cognitive_account_customer_managed_key", link: "cognitive_account_id" },
  references: ["https://learn.microsoft.com/azure/ai-services/encryption/cognitive-services-encryption-keys-portal"],
});

export const synapseKey = customerKey({
  id: "azure-synapse-customer-key",
  aliases: ["CKV_AZURE_240"],
  title: "Synapse is not encrypted with a key of your own",
  type: "azurerm_synapse_workspace",
  inline: "customer_managed_key.key_versionless_id",
  references: ["https://learn.microsoft.com/azure/synapse-analytics/security/workspaces-encryption"],
});

export const learningKey = customerKey({
  id: "azure-machine-learning-customer-key",
  aliases: ["CKV_AZURE_243"],
  title: "Machine Learning workspace is not encrypted with a key of your own",
  type: "azurerm_machine_learning_workspace",
  inline: "encryption.key_id",
  references: ["https://learn.microsoft.com/azure/machine-learning/concept-customer-managed-keys"],
});

export const configurationKey = customerKey({
  id: "azure-app-configuration-customer-key",
  aliases: ["CKV_AZURE_186"],
  title: "App Configuration is not encrypted with a key of your own",
  type: "azurerm_app_configuration",
  inline: "encryption.key_vault_key_identifier",
  references: ["https://learn.microsoft.com/azure/azure-app-configuration/concept-customer-managed-keys"],
});
