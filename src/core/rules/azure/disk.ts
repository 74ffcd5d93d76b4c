/** Disks of virtual machines and scale sets, and how they are encrypted. */
import { eachBlock, requireSet } from "../checks.ts";
import { rule } from "../rule.ts";
import { allOf, fail, pass } from "../verdict.ts";
import { block, resource, written } from "./example.ts";
import { setting } from "./setting.ts";

const OLD = "azurerm_virtual_machine";
const WINDOWS = "azurerm_windows_virtual_machine";
const LINUX_SET = "azurerm_linux_virtual_machine_scale_set";
const WINDOWS_SET = "azurerm_windows_virtual_machine_scale_set";
const old = written(OLD);
const windows = written(WINDOWS);
const linuxSet = written(LINUX_SET);
const windowsSet = written(WINDOWS_SET);

const AT_HOST = {
  severity: "medium",
  profile: "strict",
  why: "Temporary disks and caches of the host are not encrypted by themselves. Encryption at host covers them as well.",
  remedy: "Set encryption_at_host_enabled = true, with the feature registered in the subscription.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/disk-encryption"],
  at: "encryption_at_host_enabled",
  wanted: true,
  risk: "disruptive",
} as const;

export const scaleSetEncryption = setting({
  ...AT_HOST,
  id: "azure-scale-set-encryption-at-host",
  aliases: ["CKV_AZURE_97"],
  title: "Scale set does not encrypt at the host",
  on: [LINUX_SET, WINDOWS_SET],
  bad: [linuxSet(), windowsSet("encryption_at_host_enabled = false")],
  good: [linuxSet("encryption_at_host_enabled = true"), windowsSet("encryption_at_host_enabled = true")],
});

export const windowsEncryption = setting({
  ...AT_HOST,
  id: "azure-windows-vm-encryption-at-host",
  aliases: ["CKV_AZURE_151"],
  title: "Windows machine does not encrypt at the host",
  on: WINDOWS,
  bad: [windows(), windows("encryption_at_host_enabled = false")],
  good: windows("encryption_at_host_enabled = true"),
});

export const managedDisks = rule({
  id: "azure-vm-managed-disks",
  aliases: ["CKV2_AZURE_9", "CKV_AZURE_92"],
  title: "Machine keeps its disks in a storage account",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: OLD,
  why: "Disks in a storage account share its limits, its keys and its fate. Managed disks are encrypted, copied and limited one by one.",
  remedy: "Use managed_disk_type instead of vhd_uri; the machine is made anew.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/managed-disks-overview"],
  check: (view) =>
    allOf(
      ["storage_os_disk", "storage_data_disk"].map((path) =>
        eachBlock(view, path, (disk) =>
          disk.get("vhd_uri").kind === "absent"
            ? pass(disk.path)
            : fail(`${disk.path}.vhd_uri`, "The disk is a file in a storage account"),
        ),
      ),
    ),
  bad: old(block("storage_os_disk", 'vhd_uri = "https://a.blob.core.windows.net/vhds/os.vhd"')),
  good: old(block("storage_os_disk", 'managed_disk_type = "Standard_LRS"')),
});

export const diskPublicNetwork = setting({
  id: "azure-disk-public-network",
  aliases: ["CKV_AZURE_251"],
  title: "Managed disk can be downloaded over public networks",
  severity: "medium",
  profile: "strict",
  on: "azurerm_managed_disk",
  why: "Whoever gets a link for export reads the whole disk from anywhere. Without public access the link works in your network alone.",
  remedy: "Set public_network_access_enabled = false.",
  references: [
    "https://learn.microsoft.com/azure/virtual-machines/disks-enable-private-links-for-import-export-portal",
  ],
  at: "public_network_access_enabled",
  wanted: false,
  risk: "in-place",
  bad: [resource("azurerm_managed_disk"), resource("azurerm_managed_disk", "public_network_access_enabled = true")],
  good: resource("azurerm_managed_disk", "public_network_access_enabled = false"),
});

export const diskKey = rule({
  id: "azure-disk-customer-key",
  aliases: ["CKV_AZURE_93"],
  title: "Managed disk is not encrypted with a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: "azurerm_managed_disk",
  why: "The key that Microsoft manages cannot be limited or withdrawn. With a disk encryption set you decide who may decrypt.",
  remedy: "Set disk_encryption_set_id.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/disk-encryption"],
  check: (view) => requireSet(view, "disk_encryption_set_id", { message: "No disk encryption set is used" }),
  bad: resource("azurerm_managed_disk"),
  good: resource("azurerm_managed_disk", 'disk_encryption_set_id = "id"'),
});

export const diskEncryption = setting({
  id: "azure-disk-encryption",
  aliases: ["CKV_AZURE_2", "AZU-0038", "AVD-AZU-0038"],
  title: "Encryption of a managed disk is switched off",
  severity: "high",
  profile: "strict",
  on: "azurerm_managed_disk",
  why: "Whoever gets hold of the disk or of a snapshot reads the data. Encryption is on unless it is switched off.",
  remedy: "Remove encryption_settings.enabled = false.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/disk-encryption-overview"],
  at: ({ resource: disk }) => (disk.attributes.disk_encryption_set_id ? [] : ["encryption_settings.enabled"]),
  wanted: true,
  absent: "pass",
  risk: "disruptive",
  bad: resource("azurerm_managed_disk", block("encryption_settings", "enabled = false")),
  good: [
    resource("azurerm_managed_disk"),
    resource("azurerm_managed_disk", block("encryption_settings", "enabled = true")),
  ],
});
