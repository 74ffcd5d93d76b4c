/**
 * Defaults that azurerm changed for the better, by the major version that brought them. Without a version, or with a
 * constraint that allows an older one, the old default is assumed.
 * https://github.com/hashicorp/terraform-provider-azurerm: upgrade guide to 3.0, read in November 2026.
 */
import type { View } from "../view.ts";

interface Default {
  readonly since: number;
  readonly value: string;
}

const DISABLED: Default = { since: 3, value: "Disabled" };

/** By type and path of the setting. */
const DEFAULTS: { readonly [setting: string]: Default } = {
  "azurerm_storage_account min_tls_version": { since: 3, value: "TLS1_2" },
  "azurerm_mssql_server minimum_tls_version": { since: 3, value: "1.2" },
  "azurerm_linux_web_app site_config.ftps_state": DISABLED,
  "azurerm_windows_web_app site_config.ftps_state": DISABLED,
};

/** What the provider's version certainly makes of a setting that is not written. */
export function defaultOf(view: View, path: string): string | undefined {
  const known = DEFAULTS[`${view.type} ${path}`];
  return known && leastMajor(view.resource.provider?.version) >= known.since ? known.value : undefined;
}

/** The lowest major version that an exact version or a constraint allows; 0 where it sets no lower bound. */
function leastMajor(constraint: string | undefined): number {
  const bounds = (constraint ?? "").split(",").map((part) => /^\s*(?:>=|~>|=|>)?\s*v?(\d+)/.exec(part)?.[1]);
  return Math.max(0, ...bounds.map((major) => Number(major ?? 0)));
}
