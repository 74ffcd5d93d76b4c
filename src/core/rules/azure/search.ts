/** Search and cognitive services. */
import { requireSet } from "../checks.ts";
import { coversInternet, intervalOf } from "../evaluators/network/addresses.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided } from "../verdict.ts";
import { block, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const SEARCH = "azurerm_search_service";
const COGNITIVE = "azurerm_cognitive_account";
const search = written(SEARCH);
const cognitive = written(COGNITIVE);

const PUBLIC = {
  severity: "medium",
  profile: "strict",
  why: "Only keys stand between the internet and the service. With a private endpoint a leaked key is useless from outside.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
} as const;

export const cognitivePublic = setting({
  ...PUBLIC,
  id: "azure-cognitive-public-network",
  aliases: ["CKV_AZURE_134"],
  title: "Cognitive service is reachable from public networks",
  on: COGNITIVE,
  bad: [cognitive(), cognitive("public_network_access_enabled = true")],
  good: cognitive("public_network_access_enabled = false"),
});

export const cognitiveLocalAuth = setting({
  id: "azure-cognitive-local-authentication",
  aliases: ["CKV_AZURE_236"],
  title: "Cognitive service accepts access keys",
  severity: "medium",
  profile: "strict",
  on: COGNITIVE,
  why: "Whoever has a key may use the service at your expense, and nobody can tell who it was. Identities of Entra ID can be withdrawn one by one.",
  remedy: "Set local_auth_enabled = false, after moving clients to Entra ID.",
  references: ["https://learn.microsoft.com/azure/ai-services/disable-local-auth"],
  at: ["local_auth_enabled", "local_authentication_enabled"],
  wanted: false,
  risk: "disruptive",
  bad: [cognitive(), cognitive("local_auth_enabled = true")],
  good: cognitive("local_auth_enabled = false"),
});

export const cognitiveIdentity = rule({
  id: "azure-cognitive-identity",
  aliases: ["CKV_AZURE_238"],
  title: "Cognitive service has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: COGNITIVE,
  why: "Without an identity it needs keys to reach other services, and they end up in settings. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: cognitive(),
  good: cognitive(block("identity", 'type = "SystemAssigned"')),
});

export const searchPublic = setting({
  ...PUBLIC,
  id: "azure-search-public-network",
  aliases: ["CKV_AZURE_124"],
  title: "Search service is reachable from public networks",
  on: SEARCH,
  bad: [search(), search("public_network_access_enabled = true")],
  good: search("public_network_access_enabled = false"),
});

export const searchIdentity = rule({
  id: "azure-search-identity",
  aliases: ["CKV_AZURE_207"],
  title: "Search service has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: SEARCH,
  why: "Without an identity it needs keys to read what it indexes, and they end up in settings. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/search/search-howto-managed-identities-data-sources"],
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: search(),
  good: search(block("identity", 'type = "SystemAssigned"')),
});

export const searchAddresses = rule({
  id: "azure-search-addresses",
  aliases: ["CKV_AZURE_210"],
  title: "Search service lets the whole internet in",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SEARCH,
  why: "A list of addresses that holds them all limits nothing. It looks like a firewall, and is none.",
  remedy: "List your own networks in allowed_ips.",
  references: ["https://learn.microsoft.com/azure/search/service-configure-firewall"],
  check(view) {
    const allowed = view.strings("allowed_ips");
    const intervals = allowed.items.map(intervalOf).filter((interval) => interval !== undefined);
    if (coversInternet(intervals)) return fail("allowed_ips", "Every address is allowed");
    return allowed.complete ? pass("allowed_ips") : undecided("allowed_ips");
  },
  bad: [search('allowed_ips = ["0.0.0.0/0"]'), search('allowed_ips = ["0.0.0.0/1", "128.0.0.0/1"]')],
  good: [search(), search('allowed_ips = ["198.51.100.0/24"]')],
});

export const openAiExfiltration = rule({
  id: "azure-openai-outbound",
  aliases: ["CKV_AZURE_247"],
  title: "Azure OpenAI may call any address",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: COGNITIVE,
  why: "A request can make the service fetch from, and so tell, any address. With a list it calls only those that you name.",
  remedy: "Set outbound_network_access_restricted = true and list the allowed names in fqdns.",
  references: ["https://learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention"],
  check(view) {
    const kind = view.get("kind");
    if (kind.kind === "unknown") return undecided("kind");
    if (view.text("kind") !== "OpenAI") return notApplicable;
    return allOf([
      expect(view, { at: "outbound_network_access_restricted", wanted: true, message: "It may call any address" }),
      requireSet(view, "fqdns", { message: "No names are listed" }),
    ]);
  },
  bad: [cognitive('kind = "OpenAI"'), cognitive('kind = "OpenAI"', "outbound_network_access_restricted = true")],
  good: cognitive('kind = "OpenAI"', "outbound_network_access_restricted = true", 'fqdns = ["example.com"]'),
});
