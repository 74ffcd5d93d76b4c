/** Azure Spring: its portal, and how its apps are reached. */
import { requireSet } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const portal = written("azurerm_spring_cloud_api_portal");
const fabric = written("azurerm_service_fabric_cluster");

const _security = (level: string): string =>
  fabric(block("fabric_settings", 'name = "Security"', `parameters = {\n  ClusterProtectionLevel = "${level}"\n}`));

export const portalHttps = setting({
  id: "azure-spring-portal-https-only",
  aliases: ["CKV_AZURE_161"],
  title: "Spring API portal answers over plain HTTP",
  severity: "medium",
  profile: "strict",
  on: "azurerm_spring_cloud_api_portal",
  why: "Logins and tokens travel in the clear to whoever visits http://. The portal redirects to HTTPS when told to.",
  remedy: "Set https_only_enabled = true.",
  at: "https_only_enabled",
  wanted: true,
  risk: "in-place",
  bad: [portal(), portal("https_only_enabled = false")],
  good: portal("https_only_enabled = true"),
});

export const portalPublic = setting({
  id: "azure-spring-portal-public",
  aliases: ["CKV_AZURE_162"],
  title: "Spring API portal is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: "azurerm_spring_cloud_api_portal",
  why: "The portal shows strangers every interface that you have. It is private unless it is opened.",
  remedy: "Set public_network_access_enabled = false.",
  at: "public_network_access_enabled",
  wanted: false,
  absent: "pass",
  risk: "disruptive",
  bad: portal("public_network_access_enabled = true"),
  good: [portal(), portal("public_network_access_enabled = false")],
});

const SPRING = "azurerm_spring_cloud_service";
const SPRING_APP = "azurerm_spring_cloud_app";

const springWith = (tls: boolean): string =>
  `${resource(SPRING, 'sku_tier = "Standard"')}
${resource(SPRING_APP, `service_name = ${SPRING}.r.name`, `tls_enabled  = ${tls}`)}`;

export const springTls = rule({
  id: "azure-spring-app-tls",
  aliases: ["CKV2_AZURE_55"],
  title: "Spring apps are reached in the clear behind the ingress",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SPRING,
  why: "What clients sent over HTTPS travels on in the clear to the app. With TLS to the end nobody in between reads it.",
  remedy: "Set tls_enabled = true on every app of the service.",
  check(view) {
    const tier = view.get("sku_tier");
    // The Basic tier cannot do it; the default tier is the service's to choose.
    if (tier.kind === "absent" || (tier.kind === "value" && tier.value === "Basic")) return notApplicable;
    const apps = view.joined(SPRING_APP, "service_name");
    const verdict = allOf(
      apps.map((app) => {
        const encrypted = app.is("tls_enabled");
        if (encrypted === "unknown") return undecided();
        return encrypted ? pass() : fail(undefined, `${app.address} is reached in the clear`);
      }),
    );
    return tier.kind === "unknown" && verdict.status === "fail" ? undecided("sku_tier") : verdict;
  },
  fix: {
    risk: "in-place",
    edit: (view) =>
      view
        .joined(SPRING_APP, "service_name")
        .filter((app) => app.is("tls_enabled") === false)
        .map((app) => set("tls_enabled", true, app)),
  },
  bad: springWith(false),
  good: springWith(true),
});

export const springNetwork = rule({
  id: "azure-spring-network",
  aliases: ["CKV2_AZURE_23"],
  title: "Spring service is not in a virtual network",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: SPRING,
  why: "Its apps are outside every network security group and firewall of yours. In subnets of yours they follow the same rules as the rest.",
  remedy: "Add network with service_runtime_subnet_id and app_subnet_id; it takes another tier than Basic.",
  references: ["https://learn.microsoft.com/azure/spring-apps/enterprise/how-to-deploy-in-azure-virtual-network"],
  check(view) {
    const tier = view.get("sku_name");
    if (tier.kind === "value" && tier.value === "B0") return notApplicable;
    return requireSet(view, "network.service_runtime_subnet_id", { message: "It is in no subnet" });
  },
  bad: resource(SPRING, 'sku_name = "S0"'),
  good: resource(SPRING, block("network", 'service_runtime_subnet_id = "id"')),
});
