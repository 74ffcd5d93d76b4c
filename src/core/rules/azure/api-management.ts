/** API Management: who may reach it, and how it talks to both sides. */
import { requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, notApplicable, undecided } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, written } from "./example.ts";
import { expect } from "./setting.ts";

const API = "azurerm_api_management";
const management = written(API);

export const managementNetwork = rule({
  id: "azure-api-management-network",
  aliases: ["CKV_AZURE_107"],
  title: "API Management is not in a virtual network",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: API,
  why: "Backends must be public for the gateway to reach them. In a virtual network they need not be.",
  remedy: "Add virtual_network_configuration with a subnet_id.",
  references: ["https://learn.microsoft.com/azure/api-management/virtual-network-concepts"],
  check: (view) => requireSet(view, "virtual_network_configuration.subnet_id", { message: "It is in no subnet" }),
  bad: management(),
  good: management(block("virtual_network_configuration", 'subnet_id = "id"')),
});

export const managementCertificates = rule({
  id: "azure-api-management-client-certificates",
  aliases: ["CKV_AZURE_152"],
  title: "API Management does not ask for client certificates",
  severity: "low",
  category: "security",
  profile: "strict",
  on: API,
  why: "Anyone who has a subscription key can call. With client certificates only those do who hold one.",
  remedy: "Set client_certificate_enabled = true.",
  references: ["https://learn.microsoft.com/azure/api-management/api-management-howto-mutual-certificates-for-clients"],
  check(view) {
    const sku = view.get("sku_name");
    if (sku.kind === "unknown") return undecided("sku_name");
    // Other tiers ask for them host name by host name.
    if (!/^Consumption(?:_\d+)?$/.test(view.text("sku_name") ?? "")) return notApplicable;
    return expect(view, { at: "client_certificate_enabled", wanted: true, message: "Certificates are not asked for" });
  },
  fix: { risk: "disruptive", edit: () => [set("client_certificate_enabled", true)] },
  bad: management('sku_name = "Consumption_0"'),
  good: management('sku_name = "Consumption_0"', "client_certificate_enabled = true"),
});

/** Old protocols towards clients and backends; azurerm has renamed them more than once. */
const OLD_PROTOCOLS = [
  "backend_ssl30",
  "backend_tls10",
  "backend_tls11",
  "frontend_ssl30",
  "frontend_tls10",
  "frontend_tls11",
];
const spellings = (protocol: string): readonly string[] => [
  `security.${protocol}_enabled`,
  `security.enable_${protocol}`,
  ...(protocol === "backend_ssl30" ? ["security.enable_back_end_ssl30"] : []),
];
const allowed = (view: View): readonly string[] =>
  OLD_PROTOCOLS.flatMap(spellings).filter((path) => view.is(path) === true);

export const managementTls = rule({
  id: "azure-api-management-minimum-tls",
  aliases: ["CKV_AZURE_173"],
  title: "API Management speaks old versions of TLS",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: API,
  why: "SSL 3.0, TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. They are off unless switched on.",
  remedy: "Remove the settings of security that switch old protocols on.",
  references: ["https://learn.microsoft.com/azure/api-management/api-management-howto-manage-protocols-ciphers"],
  check: (view) =>
    allOf(
      OLD_PROTOCOLS.map((protocol) =>
        expect(view, { at: spellings(protocol), wanted: false, absent: "pass", message: "An old protocol is allowed" }),
      ),
    ),
  fix: { risk: "disruptive", edit: (view) => allowed(view).map((path) => set(view.get(path).path, false)) },
  bad: [
    management(block("security", "frontend_tls10_enabled = true")),
    management(block("security", "enable_backend_tls10 = true")),
  ],
  good: [management(), management(block("security", "enable_frontend_tls11 = false"))],
});
