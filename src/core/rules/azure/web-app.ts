/** Web apps of App Service: transport, reachability, identity. */

import { isList } from "../../model/value.ts";
import { requireSet, requireThat } from "../checks.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { anyOf } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const NEW_APPS = ["azurerm_linux_web_app", "azurerm_windows_web_app"];
const APPS = ["azurerm_app_service", ...NEW_APPS];
const SLOTS = ["azurerm_app_service_slot", "azurerm_linux_web_app_slot", "azurerm_windows_web_app_slot"];
const app = written("azurerm_linux_web_app");
const oldApp = written("azurerm_app_service");
const site = (...lines: readonly string[]): string => block("site_config", ...lines);

/** The name that a type has for a setting: the old app service has others than its successors. */
const named =
  (today: string, before: string) =>
  ({ type }: View): readonly string[] =>
    /^azurerm_(app_service|function_app)/.test(type) ? [before, today] : [today, before];

export const webHttpsOnly = setting({
  id: "azure-web-app-https-only",
  aliases: ["CKV_AZURE_14", "AZU-0004", "AVD-AZU-0004"],
  title: "Web app answers over plain HTTP",
  severity: "critical",
  on: APPS,
  why: "Passwords, cookies and tokens travel in the clear to whoever visits http://. App Service redirects to HTTPS by itself when told to.",
  remedy: "Set https_only = true.",
  references: ["https://learn.microsoft.com/azure/app-service/configure-ssl-bindings"],
  at: "https_only",
  wanted: true,
  risk: "in-place",
  bad: [app(), oldApp("https_only = false")],
  good: [app("https_only = true"), oldApp("https_only = true")],
});

export const slotHttpsOnly = setting({
  id: "azure-web-app-slot-https-only",
  aliases: ["CKV_AZURE_153"],
  title: "Web app slot answers over plain HTTP",
  severity: "high",
  profile: "strict",
  on: SLOTS,
  why: "Passwords, cookies and tokens travel in the clear to whoever visits http://. A slot becomes production when it is swapped.",
  remedy: "Set https_only = true.",
  references: ["https://learn.microsoft.com/azure/app-service/configure-ssl-bindings"],
  at: "https_only",
  wanted: true,
  risk: "in-place",
  bad: [resource("azurerm_linux_web_app_slot"), resource("azurerm_app_service_slot", "https_only = false")],
  good: resource("azurerm_linux_web_app_slot", "https_only = true"),
});

const TLS = {
  why: "TLS 1.0 and 1.1 have known flaws, and a downgraded connection can be read. Only a minimum of 1.2 keeps browsers and bots from using them.",
  references: ["https://learn.microsoft.com/azure/app-service/overview-tls"],
  at: named("site_config.minimum_tls_version", "site_config.min_tls_version"),
  wanted: "1.2",
  also: ["1.3"],
  absent: "pass",
  risk: "in-place",
  remedy: 'Set site_config.minimum_tls_version = "1.2" (min_tls_version in azurerm_app_service).',
} as const;

export const webTls = setting({
  ...TLS,
  id: "azure-web-app-minimum-tls",
  aliases: ["CKV_AZURE_15", "AZU-0006", "AVD-AZU-0006"],
  title: "Web app accepts old versions of TLS",
  severity: "high",
  on: APPS,
  bad: [app(site('minimum_tls_version = "1.1"')), oldApp(site('min_tls_version = "1.0"'))],
  good: [app(site()), app(site('minimum_tls_version = "1.2"')), oldApp(site('min_tls_version = "1.2"'))],
});

export const slotTls = setting({
  ...TLS,
  id: "azure-web-app-slot-minimum-tls",
  aliases: ["CKV_AZURE_154"],
  title: "Web app slot accepts old versions of TLS",
  severity: "medium",
  profile: "strict",
  on: SLOTS,
  bad: resource("azurerm_app_service_slot", site('min_tls_version = "1.1"')),
  good: [
    resource("azurerm_linux_web_app_slot", site()),
    resource("azurerm_linux_web_app_slot", site('minimum_tls_version = "1.3"')),
  ],
});

export const plainFtp = setting({
  id: "azure-web-app-ftp",
  aliases: ["CKV_AZURE_78", "AZU-0071", "AVD-AZU-0071"],
  title: "Web app can be deployed over plain FTP",
  severity: "medium",
  on: APPS,
  why: "FTP sends the deployment password in the clear, and whoever hears it can replace your code. FTPS, or no FTP at all, does not.",
  remedy: 'Set site_config.ftps_state = "FtpsOnly" or "Disabled".',
  references: ["https://learn.microsoft.com/azure/app-service/deploy-ftp"],
  at: "site_config.ftps_state",
  wanted: "FtpsOnly",
  also: ["Disabled"],
  risk: "in-place",
  bad: [app(site()), app(site('ftps_state = "AllAllowed"'))],
  good: [app(site('ftps_state = "FtpsOnly"')), app(site('ftps_state = "Disabled"'))],
});

export const remoteDebugging = setting({
  id: "azure-app-remote-debugging",
  aliases: ["CKV_AZURE_72"],
  title: "Remote debugging is on",
  severity: "high",
  on: [
    ...APPS,
    "azurerm_linux_web_app_slot",
    "azurerm_windows_web_app_slot",
    "azurerm_linux_function_app",
    "azurerm_linux_function_app_slot",
    "azurerm_windows_function_app",
    "azurerm_windows_function_app_slot",
  ],
  why: "A debugger can stop the app, read its memory and run code in it, from outside. The ports stay open for as long as the setting does.",
  remedy: "Set site_config.remote_debugging_enabled = false.",
  references: ["https://learn.microsoft.com/visualstudio/debugger/remote-debugging-azure-app-service"],
  at: "site_config.remote_debugging_enabled",
  wanted: false,
  absent: "pass",
  risk: "in-place",
  bad: app(site("remote_debugging_enabled = true")),
  good: [app(site()), app(site("remote_debugging_enabled = false"))],
});

export const anyOrigin = rule({
  id: "azure-web-app-cors-any-origin",
  aliases: ["CKV_AZURE_57"],
  title: "Web app lets every site read its answers",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: APPS,
  why: "Any page that a user visits can call the app from the user's browser and read the answer. Name the sites that may.",
  remedy: "List the origins that need it in site_config.cors.allowed_origins.",
  references: ["https://learn.microsoft.com/azure/app-service/app-service-web-tutorial-rest-api"],
  check: (view) =>
    requireThat(view, "site_config.cors.allowed_origins", (v) => !(isList(v) ? v : [v]).includes("*"), {
      absent: "pass",
      message: "Every origin is allowed",
    }),
  bad: app(site(block("cors", 'allowed_origins = ["*"]'))),
  good: [app(site()), app(site(block("cors", 'allowed_origins = ["https://example.com"]')))],
});

export const authentication = rule({
  id: "azure-web-app-authentication",
  aliases: ["CKV_AZURE_13"],
  title: "Web app does not ask who calls",
  severity: "low",
  category: "security",
  profile: "strict",
  on: APPS,
  why: "Every request reaches your code, signed in or not. App Service can turn strangers away before.",
  remedy: "Add auth_settings_v2 with auth_enabled = true and an identity provider.",
  references: ["https://learn.microsoft.com/azure/app-service/overview-authentication-authorization"],
  check: (view) =>
    anyOf([
      expect(view, { at: "auth_settings.enabled", wanted: true, message: "No authentication is configured" }),
      expect(view, { at: "auth_settings_v2.auth_enabled", wanted: true, message: "Authentication is off" }),
    ]),
  bad: [app(), app(block("auth_settings", "enabled = false"))],
  good: [app(block("auth_settings", "enabled = true")), app(block("auth_settings_v2", "auth_enabled = true"))],
});

export const clientCertificates = setting({
  id: "azure-web-app-client-certificates",
  aliases: ["CKV_AZURE_17"],
  title: "Web app does not ask for client certificates",
  severity: "low",
  profile: "strict",
  on: APPS,
  why: "Anyone on the network can talk to the app. With client certificates only those do who hold one.",
  remedy: "Set client_certificate_enabled = true (client_cert_enabled in azurerm_app_service), where clients have one.",
  references: ["https://learn.microsoft.com/azure/app-service/app-service-web-configure-tls-mutual-auth"],
  at: named("client_certificate_enabled", "client_cert_enabled"),
  wanted: true,
  risk: "disruptive",
  bad: [app(), oldApp("client_cert_enabled = false")],
  good: [app("client_certificate_enabled = true"), oldApp("client_cert_enabled = true")],
});

export const appIdentity = rule({
  id: "azure-web-app-identity",
  aliases: ["CKV_AZURE_16", "CKV_AZURE_71", "AZU-0002", "AVD-AZU-0002"],
  title: "Web app has no identity of its own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: APPS,
  why: "Without an identity the app needs passwords to reach other services, and they end up in its settings. A managed identity has none to leak.",
  remedy: 'Add identity with type = "SystemAssigned".',
  references: ["https://learn.microsoft.com/azure/app-service/overview-managed-identity"],
  check: (view) => requireSet(view, "identity.type", { message: "It has no managed identity" }),
  fix: { risk: "in-place", edit: () => [set("identity.0.type", "SystemAssigned")] },
  bad: [app(), oldApp()],
  good: app(block("identity", 'type = "SystemAssigned"')),
});

export const webPublicNetwork = setting({
  id: "azure-web-app-public-network",
  aliases: ["CKV_AZURE_222"],
  title: "Web app is reachable from public networks",
  severity: "medium",
  profile: "strict",
  on: NEW_APPS,
  why: "Apps that only your own people or services use answer everyone on the internet. A private endpoint or a gateway in front is enough for them.",
  remedy: "Set public_network_access_enabled = false.",
  references: ["https://learn.microsoft.com/azure/app-service/overview-private-endpoint"],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "disruptive",
  bad: [app(), app("public_network_access_enabled = true")],
  good: app("public_network_access_enabled = false"),
});
