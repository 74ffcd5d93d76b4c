/**
 * Defaults that a major version of a provider changed, in one table. Without a version in the lock file or in
 * required_providers, or with a constraint that allows an older one, the old default is assumed.
 * Upgrade guides: terraform-provider-azurerm 3.0, terraform-provider-aws 6.0; read in November 2026.
 */
import type { View } from "../view.ts";

interface Default {
  /** The major version that brought it. */
  readonly since: number;
  readonly value: string | boolean;
}

const DISABLED: Default = { since: 3, value: "Disabled" };

/** By type and path of the setting. */
const DEFAULTS: { readonly [setting: string]: Default } = {
  "aws_redshift_cluster encrypted": { since: 6, value: true },
  "aws_redshift_cluster publicly_accessible": { since: 6, value: false },
  "azurerm_storage_account min_tls_version": { since: 3, value: "TLS1_2" },
  "azurerm_mssql_server minimum_tls_version": { since: 3, value: "1.2" },
  "azurerm_linux_web_app site_config.ftps_state": DISABLED,
  "azurerm_windows_web_app site_config.ftps_state": DISABLED,
};

/** What the provider's version certainly makes of a setting that is not written; undefined where that is not certain. */
export function defaultOf(view: View, path: string): string | boolean | undefined {
  const known = DEFAULTS[`${view.type} ${path}`];
  return known && leastMajor(view.resource.provider?.version) >= known.since ? known.value : undefined;
}

/** The lowest major version that an exact version or a constraint allows; 0 where it sets no lower bound. */
function leastMajor(constraint: string | undefined): number {
  const bounds = (constraint ?? "").split(",").map((part) => /^\s*(?:>=|~>|=|>)?\s*v?(\d+)/.exec(part)?.[1]);
  return Math.max(0, ...bounds.map((major) => Number(major ?? 0)));
}
