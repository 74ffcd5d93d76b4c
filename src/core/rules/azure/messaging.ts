/** Messages and events: Service Bus, Event Grid, Event Hubs, IoT Hub, Web PubSub. */
import { requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { type Rule, rule } from "../rule.ts";
import { fail, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const BUS = "azurerm_servicebus_namespace";
const bus = written(BUS);
const domain = written("azurerm_eventgrid_domain");
const topic = written("azurerm_eventgrid_topic");
const hubs = written("azurerm_eventhub_namespace");

const LOCAL_KEYS = {
  severity: "medium",
  profile: "strict",
  why: "Whoever has an access key may send and read everything, and nobody can tell who it was. Identities of Entra ID can be limited and withdrawn one by one.",
  remedy: "Set local_auth_enabled = false, after moving clients to Entra ID.",
  at: ["local_auth_enabled", "local_authentication_enabled"],
  wanted: false,
  risk: "disruptive",
} as const;

const PUBLIC = {
  severity: "medium",
  profile: "strict",
  why: "Only keys stand between the internet and the messages. With a private endpoint a leaked key is useless from outside.",
  remedy: "Set public_network_access_enabled = false and use a private endpoint.",
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
} as const;

const NO_IDENTITY =
  "Without an identity it needs keys to reach other services, and they end up in settings. A managed identity has none to leak.";

export const busLocalAuth = setting({
  ...LOCAL_KEYS,
  id: "azure-service-bus-local-authentication",
  aliases: ["CKV_AZURE_203"],
  title: "Service Bus accepts access keys",
  on: BUS,
  bad: [bus(), bus("local_auth_enabled = true")],
  good: bus("local_auth_enabled = false"),
});

export const busPublic = setting({
  ...PUBLIC,
  id: "azure-service-bus-public-network",
  aliases: ["CKV_AZURE_204"],
  title: "Service Bus is reachable from public networks",
  on: BUS,
  bad: [bus(), bus("public_network_access_enabled = true")],
  good: bus("public_network_access_enabled = false"),
});

export const busTls = setting({
  id: "azure-service-bus-minimum-tls",
  aliases: ["CKV_AZURE_205"],
  title: "Service Bus accepts old versions of TLS",
  severity: "medium",
  profile: "strict",
  on: BUS,
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set minimum_tls_version = "1.2".',
  at: "minimum_tls_version",
  wanted: "1.2",
  absent: "pass",
  risk: "disruptive",
  bad: bus('minimum_tls_version = "1.0"'),
  good: [bus(), bus('minimum_tls_version = "1.2"')],
});

export const busIdentity = rule({
  id: "azure-service-bus-identity",
  aliases: ["CKV_AZURE_202"],
  title: "Service Bus has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: BUS,
  why: NO_IDENTITY,
  remedy: 'Add identity with type = "SystemAssigned".',
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: bus('sku = "Standard"'),
  good: bus(block("identity", 'type = "SystemAssigned"')),
});

export const busKey = rule({
  id: "azure-service-bus-customer-key",
  aliases: ["CKV_AZURE_201"],
  title: "Service Bus is not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: BUS,
  why: "The key that Microsoft manages cannot be limited or withdrawn. With a key of your own you decide who may decrypt.",
  remedy: "Add customer_managed_key with key_vault_key_id and identity_id; it takes the Premium SKU.",
  references: ["https://learn.microsoft.com/azure/service-bus-messaging/configure-customer-managed-key"],
  check: (view) =>
    requireSet(view, "customer_managed_key.key_vault_key_id", { message: "It is encrypted with Microsoft's key" }),
  bad: bus('sku = "Premium"'),
  good: bus(block("customer_managed_key", 'key_vault_key_id = "id"', 'identity_id      = "id"')),
});

export const busDoubleEncryption = setting({
  id: "azure-service-bus-double-encryption",
  aliases: ["CKV_AZURE_199"],
  title: "Service Bus encrypts its storage only once",
  severity: "low",
  profile: "strict",
  on: BUS,
  why: "One flaw or one lost key then opens the storage. Infrastructure encryption adds a second layer with a second key.",
  remedy: "Set customer_managed_key.infrastructure_encryption_enabled = true.",
  at: "customer_managed_key.infrastructure_encryption_enabled",
  wanted: true,
  bad: bus(block("customer_managed_key", 'key_vault_key_id = "id"')),
  good: bus(block("customer_managed_key", 'key_vault_key_id = "id"', "infrastructure_encryption_enabled = true")),
});

export const domainLocalAuth = setting({
  ...LOCAL_KEYS,
  id: "azure-event-grid-domain-local-authentication",
  aliases: ["CKV_AZURE_195"],
  title: "Event Grid domain accepts access keys",
  on: "azurerm_eventgrid_domain",
  bad: [domain(), domain("local_auth_enabled = true")],
  good: domain("local_auth_enabled = false"),
});

export const domainPublic = setting({
  ...PUBLIC,
  id: "azure-event-grid-domain-public-network",
  aliases: ["CKV_AZURE_106"],
  title: "Event Grid domain is reachable from public networks",
  on: "azurerm_eventgrid_domain",
  bad: [domain(), domain("public_network_access_enabled = true")],
  good: domain("public_network_access_enabled = false"),
});

export const topicLocalAuth = setting({
  ...LOCAL_KEYS,
  id: "azure-event-grid-topic-local-authentication",
  aliases: ["CKV_AZURE_192"],
  title: "Event Grid topic accepts access keys",
  on: "azurerm_eventgrid_topic",
  bad: [topic(), topic("local_auth_enabled = true")],
  good: topic("local_auth_enabled = false"),
});

export const topicPublic = setting({
  ...PUBLIC,
  id: "azure-event-grid-topic-public-network",
  aliases: ["CKV_AZURE_193"],
  title: "Event Grid topic is reachable from public networks",
  on: "azurerm_eventgrid_topic",
  bad: [topic(), topic("public_network_access_enabled = true")],
  good: topic("public_network_access_enabled = false"),
});

export const iotPublic = setting({
  ...PUBLIC,
  id: "azure-iot-hub-public-network",
  aliases: ["CKV_AZURE_108"],
  title: "IoT hub is reachable from public networks",
  on: "azurerm_iothub",
  absent: "pass",
  bad: resource("azurerm_iothub", "public_network_access_enabled = true"),
  good: [resource("azurerm_iothub"), resource("azurerm_iothub", "public_network_access_enabled = false")],
});

/** https://learn.microsoft.com/azure/reliability/regions-list: regions with availability zones. */
const REGIONS_WITH_ZONES = new Set(
  `australiaeast austriaeast belgiumcentral brazilsouth canadacentral centralindia centralus chilecentral chinanorth3
  denmarkeast eastasia eastus eastus2 francecentral germanywestcentral indonesiacentral israelcentral italynorth japaneast
  japanwest koreacentral malaysiawest mexicocentral newzealandnorth northeurope norwayeast polandcentral qatarcentral
  southafricanorth southcentralus southeastasia spaincentral swedencentral switzerlandnorth uaenorth uksouth usgovvirginia
  westeurope westus2 westus3`.split(/\s+/),
);

export const eventHubZones = rule({
  id: "azure-event-hubs-zones",
  aliases: ["CKV_AZURE_228"],
  title: "Event Hubs lives in one zone",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "azurerm_eventhub_namespace",
  why: "When the zone fails events are lost until it comes back. In regions with zones a namespace spreads over them by itself.",
  remedy: "Choose a region with availability zones.",
  references: ["https://learn.microsoft.com/azure/reliability/reliability-event-hubs"],
  check(view) {
    if (view.is("zone_redundant") === true) return pass("zone_redundant");
    const location = view.get("location");
    if (location.kind !== "value") return undecided("location");
    const region = String(location.value).toLowerCase().replaceAll(" ", "");
    return REGIONS_WITH_ZONES.has(region) ? pass("location") : fail("location", `${region} has no availability zones`);
  },
  bad: hubs('location = "South Africa West"'),
  good: [hubs('location = "West Europe"'), hubs('location = "eastus2"')],
});

export const pubsubSku = setting({
  id: "azure-web-pubsub-sku",
  aliases: ["CKV_AZURE_175"],
  title: "Web PubSub runs on the free tier",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "azurerm_web_pubsub",
  why: "The free tier promises nothing: it may be slow, full or gone. Paid tiers come with an agreement.",
  remedy: 'Set sku = "Standard_S1".',
  at: "sku",
  wanted: "Standard_S1",
  also: ["Premium_P1", "Premium_P2"],
  risk: "disruptive",
  bad: resource("azurerm_web_pubsub", 'sku = "Free_F1"'),
  good: [resource("azurerm_web_pubsub", 'sku = "Standard_S1"'), resource("azurerm_web_pubsub", 'sku = "Premium_P1"')],
});

export const pubsubIdentity = rule({
  id: "azure-web-pubsub-identity",
  aliases: ["CKV_AZURE_176"],
  title: "Web PubSub has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_web_pubsub",
  why: NO_IDENTITY,
  remedy: 'Add identity with type = "SystemAssigned".',
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: resource("azurerm_web_pubsub"),
  good: resource("azurerm_web_pubsub", block("identity", 'type = "SystemAssigned"')),
});

export const hubsTls = setting({
  id: "azure-event-hubs-minimum-tls",
  aliases: ["CKV_AZURE_223"],
  title: "Event Hubs accepts old versions of TLS",
  severity: "medium",
  profile: "strict",
  on: "azurerm_eventhub_namespace",
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set minimum_tls_version = "1.2".',
  at: "minimum_tls_version",
  wanted: "1.2",
  absent: "pass",
  risk: "disruptive",
  bad: hubs('minimum_tls_version = "1.1"'),
  good: [hubs(), hubs('minimum_tls_version = "1.2"')],
});

/** A rule that a kind of Event Grid resource has a managed identity. */
const gridIdentity = (type: string, what: string, alias: string): Rule =>
  rule({
    id: `azure-event-grid-${what}-identity`,
    aliases: [alias],
    title: `Event Grid ${what} has no identity of its own`,
    severity: "low",
    category: "security",
    profile: "strict",
    on: type,
    why: NO_IDENTITY,
    remedy: 'Add identity with type = "SystemAssigned".',
    references: ["https://learn.microsoft.com/azure/event-grid/enable-identity-system-topics"],
    check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
    fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
    bad: resource(type),
    good: resource(type, block("identity", 'type = "SystemAssigned"')),
  });

export const topicIdentity = gridIdentity("azurerm_eventgrid_topic", "topic", "CKV_AZURE_191");
export const domainIdentity = gridIdentity("azurerm_eventgrid_domain", "domain", "CKV_AZURE_194");
