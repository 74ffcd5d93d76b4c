/** What App Service writes down of its web apps. */

import { requireSet } from "../checks.ts";
import type { RuleSource } from "../rule.ts";
import { rule } from "../rule.ts";
import type { View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const APPS = ["azurerm_app_service", "azurerm_linux_web_app", "azurerm_windows_web_app"];
const app = written("azurerm_linux_web_app");
const logs = (...lines: readonly string[]): string => block("logs", ...lines);

/** azurerm_app_service says "…_enabled" where its successors do not. */
const named =
  (name: string) =>
  ({ type }: View): readonly string[] =>
    type === "azurerm_app_service"
      ? [`logs.${name}_enabled`, `logs.${name}`]
      : [`logs.${name}`, `logs.${name}_enabled`];

const LOGS = {
  severity: "low",
  profile: "strict",
  on: APPS,
  references: ["https://learn.microsoft.com/azure/app-service/troubleshoot-diagnostic-logs"],
} as const satisfies Partial<RuleSource>;

export const httpLogs = rule({
  ...LOGS,
  category: "security",
  id: "azure-web-app-http-logs",
  aliases: ["CKV_AZURE_63"],
  title: "Web app does not log requests",
  why: "Nobody can tell later who called what. An investigation then ends before it starts.",
  remedy: "Add logs.http_logs with a file system or storage account.",
  check: (view) => requireSet(view, "logs.http_logs", { message: "Requests are not logged" }),
  bad: [app(), app(logs("detailed_error_messages = true"))],
  good: app(logs(block("http_logs", block("file_system", "retention_in_days = 30", "retention_in_mb   = 35")))),
});

export const detailedErrors = setting({
  ...LOGS,
  id: "azure-web-app-detailed-errors",
  aliases: ["CKV_AZURE_65"],
  title: "Web app does not log errors in detail",
  why: "An error code alone does not say what went wrong. Details help to find flaws, and those who look for them.",
  remedy: "Set logs.detailed_error_messages = true.",
  at: named("detailed_error_messages"),
  wanted: true,
  risk: "in-place",
  bad: [app(), app(logs("detailed_error_messages = false"))],
  good: [
    app(logs("detailed_error_messages = true")),
    resource("azurerm_app_service", logs("detailed_error_messages_enabled = true")),
  ],
});

export const failedRequests = setting({
  ...LOGS,
  id: "azure-web-app-failed-requests",
  aliases: ["CKV_AZURE_66"],
  title: "Web app does not trace failed requests",
  why: "Requests that fail are often attempts at breaking in. A trace shows what was tried.",
  remedy: "Set logs.failed_request_tracing = true.",
  at: named("failed_request_tracing"),
  wanted: true,
  risk: "in-place",
  bad: [app(), app(logs("failed_request_tracing = false"))],
  good: [
    app(logs("failed_request_tracing = true")),
    resource("azurerm_app_service", logs("failed_request_tracing_enabled = true")),
  ],
});
