/** Function apps, and the plans that web and function apps run on. */
import { isList } from "../../model/value.ts";
import { forbidOneOf, requireBetween, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const OLD = ["azurerm_function_app", "azurerm_function_app_slot"];
const NEW = [
  "azurerm_linux_function_app",
  "azurerm_linux_function_app_slot",
  "azurerm_windows_function_app",
  "azurerm_windows_function_app_slot",
];
const app = written("azurerm_linux_function_app");
const oldApp = written("azurerm_function_app");
const plan = written("azurerm_service_plan");
const site = (...lines: readonly string[]): string => block("site_config", ...lines);

const named =
  (today: string, before: string) =>
  ({ type }: View): readonly string[] =>
    OLD.includes(type) ? [before, today] : [today, before];

export const functionTls = setting({
  id: "azure-function-app-minimum-tls",
  aliases: ["CKV_AZURE_145"],
  title: "Function app accepts old versions of TLS",
  severity: "medium",
  profile: "strict",
  on: [...OLD, ...NEW],
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps clients from using them.",
  remedy: 'Set site_config.minimum_tls_version = "1.2" (min_tls_version in azurerm_function_app).',
  references: ["https://learn.microsoft.com/azure/app-service/overview-tls"],
  at: named("site_config.minimum_tls_version", "site_config.min_tls_version"),
  wanted: "1.2",
  also: ["1.3"],
  absent: "pass",
  risk: "in-place",
  bad: [app(site('minimum_tls_version = "1.1"')), oldApp(site('min_tls_version = "1.0"'))],
  good: [app(site()), app(site('minimum_tls_version = "1.2"')), oldApp(site('min_tls_version = "1.2"'))],
});

export const functionAuthentication = rule({
  id: "azure-function-app-authentication",
  aliases: ["CKV_AZURE_56", "AZU-0003", "AVD-AZU-0003"],
  title: "Function app does not ask who calls",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [...OLD, ...NEW],
  why: "Every request reaches your code, signed in or not. App Service can turn strangers away before.",
  remedy: "Add auth_settings_v2 with auth_enabled = true and an identity provider.",
  references: ["https://learn.microsoft.com/azure/app-service/overview-authentication-authorization"],
  check: (view) =>
    anyOf([
      expect(view, { at: "auth_settings.enabled", wanted: true, message: "No authentication is configured" }),
      expect(view, { at: "auth_settings_v2.auth_enabled", wanted: true }),
    ]),
  bad: [app(), oldApp(block("auth_settings", "enabled = false"))],
  good: [oldApp(block("auth_settings", "enabled = true")), app(block("auth_settings_v2", "auth_enabled = true"))],
});

export const functionAnyOrigin = rule({
  id: "azure-function-app-cors-any-origin",
  aliases: ["CKV_AZURE_62"],
  title: "Function app lets every site read its answers",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: [...OLD, ...NEW],
  why: "Any page that a user visits can call the functions from the user's browser and read the answer. Name the sites that may.",
  remedy: "List the origins that need it in site_config.cors.allowed_origins.",
  references: ["https://learn.microsoft.com/azure/azure-functions/security-concepts"],
  check: (view) =>
    requireThat(view, "site_config.cors.allowed_origins", (v) => !(isList(v) ? v : [v]).includes("*"), {
      absent: "pass",
      message: "Every origin is allowed",
    }),
  bad: app(site(block("cors", 'allowed_origins = ["*"]'))),
  good: [app(site()), app(site(block("cors", 'allowed_origins = ["https://example.com"]')))],
});

export const functionHttp2 = setting({
  id: "azure-function-app-http2",
  aliases: ["CKV_AZURE_67"],
  title: "Function app does not speak HTTP/2",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: [...OLD, ...NEW],
  why: "HTTP/1.1 opens many connections and leaves old ways of attack open. Clients speak HTTP/2 for years.",
  remedy: "Set site_config.http2_enabled = true.",
  at: "site_config.http2_enabled",
  wanted: true,
  risk: "in-place",
  bad: [app(site()), app(site("http2_enabled = false"))],
  good: app(site("http2_enabled = true")),
});

export const functionLogging = setting({
  id: "azure-function-app-logging",
  aliases: ["CKV_AZURE_159"],
  title: "Function app does not log its runs",
  severity: "low",
  profile: "strict",
  on: [...OLD, ...NEW],
  why: "Nobody can tell which function ran, when, and whether it failed. The built-in log is on unless it is switched off.",
  remedy: "Remove builtin_logging_enabled = false (enable_builtin_logging in azurerm_function_app).",
  at: named("builtin_logging_enabled", "enable_builtin_logging"),
  wanted: true,
  absent: "pass",
  risk: "in-place",
  bad: [app("builtin_logging_enabled = false"), oldApp("enable_builtin_logging = false")],
  good: [app(), oldApp("enable_builtin_logging = true")],
});

export const slotDebugging = setting({
  id: "azure-app-service-slot-remote-debugging",
  aliases: ["CKV_AZURE_155"],
  title: "Remote debugging is on in an App Service slot",
  severity: "medium",
  profile: "strict",
  on: "azurerm_app_service_slot",
  why: "A debugger can stop the app, read its memory and run code in it, from outside. The ports stay open for as long as the setting does.",
  remedy: "Set site_config.remote_debugging_enabled = false.",
  at: "site_config.remote_debugging_enabled",
  wanted: false,
  absent: "pass",
  risk: "in-place",
  bad: resource("azurerm_app_service_slot", site("remote_debugging_enabled = true")),
  good: [
    resource("azurerm_app_service_slot"),
    resource("azurerm_app_service_slot", site("remote_debugging_enabled = false")),
  ],
});

export const planSku = rule({
  id: "azure-service-plan-sku",
  aliases: ["CKV_AZURE_211"],
  title: "App Service plan is meant for tests",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "azurerm_service_plan",
  why: "Free, shared and basic plans share machines, sleep, and cannot scale by themselves. Production needs a standard plan or better.",
  remedy: 'Set sku_name to "P0v3", "S1" or larger.',
  references: ["https://learn.microsoft.com/azure/app-service/overview-hosting-plans"],
  check: (view) =>
    forbidOneOf(view, "sku_name", ["F1", "D1", "B1", "B2", "B3"], { message: "This plan is meant for tests" }),
  fix: { risk: "disruptive", edit: () => [set("sku_name", "S1")] },
  bad: plan('sku_name = "B1"'),
  good: plan('sku_name = "P1v3"'),
});

export const planInstances = rule({
  id: "azure-service-plan-instances",
  aliases: ["CKV_AZURE_212"],
  title: "App Service plan runs one instance",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: "azurerm_service_plan",
  why: "When the instance fails or is updated, the app is down. A second one takes over meanwhile.",
  remedy: "Set worker_count to 2 or more.",
  references: ["https://learn.microsoft.com/azure/reliability/reliability-app-service"],
  check: (view) => requireBetween(view, "worker_count", 2, 1000, { message: "It runs one instance" }),
  fix: { risk: "disruptive", edit: () => [set("worker_count", 2)] },
  bad: [plan('sku_name = "P1v3"'), plan("worker_count = 1")],
  good: plan("worker_count = 2"),
});
