/** App Service: how it runs, its plans, and function apps. */
import { requireSet } from "../checks.ts";
import { isPast, pythonEnds } from "../evaluators/dates.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const WEB_APPS = ["azurerm_linux_web_app", "azurerm_windows_web_app"];
const FUNCTIONS = [
  "azurerm_linux_function_app",
  "azurerm_linux_function_app_slot",
  "azurerm_windows_function_app",
  "azurerm_windows_function_app_slot",
];
const app = written("azurerm_linux_web_app");
const functionApp = written("azurerm_linux_function_app");
const site = (...lines: readonly string[]): string => block("site_config", ...lines);

export const functionHttpsOnly = rule({
  id: "azure-function-app-https-only",
  aliases: ["CKV_AZURE_70", "AZU-0004", "AVD-AZU-0004"],
  title: "Function app answers over plain HTTP",
  severity: "critical",
  category: "security",
  on: ["azurerm_function_app", "azurerm_function_app_slot", ...FUNCTIONS],
  why: "Keys and data travel in the clear to whoever calls http://. Function apps redirect to HTTPS by themselves when told to.",
  remedy: "Set https_only = true, and do not switch auth_settings_v2.require_https off.",
  references: ["https://learn.microsoft.com/azure/azure-functions/security-concepts"],
  check: (view) =>
    allOf([
      expect(view, { at: "https_only", wanted: true, message: "Plain HTTP is answered" }),
      expect(view, {
        at: "auth_settings_v2.require_https",
        wanted: true,
        absent: "pass",
        message: "Signing in works over plain HTTP",
      }),
    ]),
  fix: {
    risk: "in-place",
    edit: (view) => [
      ...(view.is("https_only") === true ? [] : [set("https_only", true)]),
      ...(view.is("auth_settings_v2.require_https", true) === false
        ? [set("auth_settings_v2.0.require_https", true)]
        : []),
    ],
  },
  bad: [
    functionApp(),
    resource("azurerm_function_app", "https_only = false"),
    functionApp("https_only = true", block("auth_settings_v2", "require_https = false")),
  ],
  good: [functionApp("https_only = true"), functionApp("https_only = true", block("auth_settings_v2"))],
});

export const functionPublicNetwork = setting({
  id: "azure-function-app-public-network",
  aliases: ["CKV_AZURE_221"],
  title: "Function app is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: FUNCTIONS,
  why: "Functions that only your own services call answer everyone on the internet. A private endpoint is enough for them.",
  remedy: "Set public_network_access_enabled = false.",
  references: ["https://learn.microsoft.com/azure/azure-functions/functions-networking-options"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [functionApp(), functionApp("public_network_access_enabled = true")],
  good: functionApp("public_network_access_enabled = false"),
});

export const alwaysOn = setting({
  id: "azure-web-app-always-on",
  aliases: ["CKV_AZURE_214"],
  title: "Web app is put to sleep",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: WEB_APPS,
  why: "An app without visitors is unloaded, and the next one waits for it to start. Its timers and background jobs stop as well.",
  remedy: "Set site_config.always_on = true, on a plan that has it.",
  at: "site_config.always_on",
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: app(site("always_on = false")),
  good: [app(site()), app(site("always_on = true"))],
});

const STACK = "site_config.application_stack.python_version";

export const pythonVersion = rule({
  id: "azure-web-app-python-version",
  aliases: ["CKV_AZURE_82"],
  title: "Web app runs on a Python that has reached its end",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: ["azurerm_app_service", "azurerm_linux_web_app"],
  why: "Flaws found in it since are known to all and mended by nobody. A supported version gets them for free.",
  remedy: "Set application_stack.python_version to a version that Python still maintains.",
  references: ["https://devguide.python.org/versions/"],
  check(view) {
    // The old app service knows 2.7 and 3.4 alone.
    const path = view.type === "azurerm_app_service" ? "site_config.python_version" : STACK;
    const found = view.get(path);
    if (found.kind === "absent") return notApplicable;
    if (found.kind === "unknown") return undecided(found.path);
    const version = String(found.value);
    if (view.type === "azurerm_app_service")
      return version.startsWith("2") ? fail(found.path, `Python ${version} has reached its end`) : pass(found.path);
    const end = pythonEnds(version);
    if (end === undefined) return undecided(found.path, `Python ${version} is not in the table of versions`);
    return isPast(end) ? fail(found.path, `Python ${version} reached its end on ${end}`) : pass(found.path);
  },
  bad: [
    resource("azurerm_app_service", site('python_version = "2.7"')),
    app(site(block("application_stack", 'python_version = "3.7"'))),
  ],
  good: [
    resource("azurerm_app_service", site('python_version = "3.4"')),
    app(site(block("application_stack", 'python_version = "3.13"'))),
  ],
});

const ZONES = {
  category: "reliability",
  severity: "low",
  profile: "strict",
  why: "When the zone fails everything in it is down until it comes back. Instances spread over zones take over by themselves.",
  wanted: true,
  risk: "replaces",
} as const;

export const planZones = setting({
  ...ZONES,
  id: "azure-service-plan-zones",
  aliases: ["CKV_AZURE_225"],
  title: "App Service plan lives in one zone",
  on: "azurerm_service_plan",
  remedy: "Set zone_balancing_enabled = true, on a premium plan.",
  references: ["https://learn.microsoft.com/azure/reliability/reliability-app-service"],
  at: "zone_balancing_enabled",
  bad: [resource("azurerm_service_plan"), resource("azurerm_service_plan", "zone_balancing_enabled = false")],
  good: resource("azurerm_service_plan", "zone_balancing_enabled = true"),
});

export const environmentZones = setting({
  ...ZONES,
  id: "azure-app-service-environment-zones",
  aliases: ["CKV_AZURE_231"],
  title: "App Service environment lives in one zone",
  on: "azurerm_app_service_environment_v3",
  remedy: "Set zone_redundant = true.",
  references: ["https://learn.microsoft.com/azure/reliability/reliability-app-service"],
  at: "zone_redundant",
  bad: [
    resource("azurerm_app_service_environment_v3"),
    resource("azurerm_app_service_environment_v3", "zone_redundant = false"),
  ],
  good: resource("azurerm_app_service_environment_v3", "zone_redundant = true"),
});

export const http2 = setting({
  id: "azure-web-app-http2",
  aliases: ["CKV_AZURE_18", "AZU-0005", "AVD-AZU-0005"],
  title: "Web app does not speak HTTP/2",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ["azurerm_app_service", ...WEB_APPS],
  why: "HTTP/1.1 opens many connections and leaves old ways of attack open. Browsers speak HTTP/2 for years.",
  remedy: "Set site_config.http2_enabled = true.",
  at: "site_config.http2_enabled",
  wanted: true,
  risk: "in-place",
  bad: [app(site()), app(site("http2_enabled = false"))],
  good: app(site("http2_enabled = true")),
});

export const healthCheck = rule({
  id: "azure-web-app-health-check",
  aliases: ["CKV_AZURE_213"],
  title: "Web app has no health check",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: ["azurerm_app_service", ...WEB_APPS],
  why: "Requests go on reaching instances that are broken. With a path to check App Service takes them out and replaces them.",
  remedy: "Set site_config.health_check_path to a path that answers 200 when the app is well.",
  references: ["https://learn.microsoft.com/azure/app-service/monitor-instances-health-check"],
  check: (view) => requireSet(view, "site_config.health_check_path", { message: "No health check is configured" }),
  bad: [app(site())],
  good: app(site('health_check_path = "/health"')),
});
