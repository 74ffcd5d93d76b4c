/** Virtual machines and scale sets: how one logs in, what they are told, who updates them. */
import { isUnknown } from "../../model/value.ts";
import { requireSet, someJoined } from "../checks.ts";
import { findSecrets } from "../evaluators/secrets.ts";
import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { allOf, fail, notApplicable, pass, undecided, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";
import { block, resource, written } from "./example.ts";
import { expect, setting } from "./setting.ts";

const OLD = "azurerm_virtual_machine";
const LINUX = "azurerm_linux_virtual_machine";
const WINDOWS = "azurerm_windows_virtual_machine";
const LINUX_SET = "azurerm_linux_virtual_machine_scale_set";
const WINDOWS_SET = "azurerm_windows_virtual_machine_scale_set";
const OLD_SET = "azurerm_virtual_machine_scale_set";
const old = written(OLD);
const linux = written(LINUX);
const windows = written(WINDOWS);
const linuxSet = written(LINUX_SET);
const windowsSet = written(WINDOWS_SET);
const oldSet = written(OLD_SET);

const PASSWORDS = {
  why: "Passwords are guessed and reused, and bots try them on every machine that they can reach. SSH keys cannot be guessed.",
  wanted: true,
  absent: "pass",
  risk: "replaces",
  references: ["https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed"],
} as const;

export const passwordLogin = setting({
  ...PASSWORDS,
  id: "azure-vm-password-login",
  aliases: ["CKV_AZURE_1", "CKV_AZURE_149", "AZU-0039", "AVD-AZU-0039"],
  title: "Linux machine lets people log in with a password",
  severity: "high",
  on: [OLD, LINUX],
  remedy: "Set disable_password_authentication = true and add an SSH key; the machine is made anew.",
  at: ({ type }) => [
    type === OLD ? "os_profile_linux_config.disable_password_authentication" : "disable_password_authentication",
  ],
  bad: [
    linux("disable_password_authentication = false"),
    old(block("os_profile_linux_config", "disable_password_authentication = false")),
  ],
  good: [
    linux(),
    linux("disable_password_authentication = true"),
    old(block("os_profile_linux_config", "disable_password_authentication = true")),
  ],
});

export const scaleSetPasswordLogin = setting({
  ...PASSWORDS,
  id: "azure-scale-set-password-login",
  aliases: ["CKV_AZURE_49", "CKV_AZURE_149"],
  title: "Linux scale set lets people log in with a password",
  severity: "high",
  profile: "strict",
  on: LINUX_SET,
  remedy: "Set disable_password_authentication = true and add an SSH key; the scale set is made anew.",
  at: "disable_password_authentication",
  bad: linuxSet("disable_password_authentication = false"),
  good: [linuxSet(), linuxSet("disable_password_authentication = true")],
});

/** Ids of Azure, and the older client secrets, have this form (with a shortened first group in some tools). */
const AZURE_CREDENTIAL = /\b[0-9a-f]{4,8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/i;

function forbidCredentials(view: View, path: string): Verdict {
  const found = view.get(path);
  if (found.kind === "absent") return notApplicable;
  const text = isUnknown(found.value) ? (found.value.outline ?? found.value.prefix) : String(found.value);
  const plain = text.replace(/\s/g, "");
  const encoded = plain.length >= 16 && /^[A-Za-z0-9+/]+={0,2}$/.test(plain);
  const texts = encoded ? [text, Buffer.from(plain, "base64").toString("utf8")] : [text];
  const kinds = new Set(texts.flatMap((t) => findSecrets(t).map((secret) => secret.kind)));
  if (kinds.size > 0) return fail(found.path, `Holds a secret (${[...kinds].join(", ")})`);
  if (texts.some((t) => AZURE_CREDENTIAL.test(t))) return fail(found.path, "Holds what looks like an Azure credential");
  return found.kind === "unknown" ? undecided(found.path) : pass(found.path);
}

export const customDataSecrets = rule({
  id: "azure-vm-custom-data-secrets",
  aliases: ["CKV_AZURE_45"],
  title: "Custom data of a machine holds a credential",
  severity: "high",
  category: "security",
  profile: "strict",
  on: [OLD, LINUX, WINDOWS, LINUX_SET, WINDOWS_SET],
  why: "Custom data lies unencrypted on the machine, where every process can read it. The credential is also in the repository and in the state.",
  remedy: "Revoke the credential, and fetch its successor at start from Key Vault with a managed identity.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/custom-data"],
  check: (view) => forbidCredentials(view, view.type === OLD ? "os_profile.custom_data" : "custom_data"),
  bad: [
    old(block("os_profile", 'custom_data = "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE"')),
    linux('custom_data = "client_id=8d1b0f0e-6a3c-4c8e-9d9a-0f6f1f2b3c4d"'),
  ],
  good: [old(block("os_profile", 'custom_data = "systemctl start web"'))],
});

export const automaticUpgrades = rule({
  id: "azure-scale-set-automatic-upgrades",
  aliases: ["CKV_AZURE_95"],
  title: "Scale set does not upgrade its operating system by itself",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: OLD_SET,
  why: "Known flaws stay open until someone remembers to update. Automatic upgrades close them machine by machine.",
  remedy: "Set automatic_os_upgrade = true, and os_profile_windows_config.enable_automatic_upgrades = true.",
  references: [
    "https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-upgrade",
  ],
  check: (view) =>
    allOf([
      expect(view, { at: "automatic_os_upgrade", wanted: true, message: "Images are not upgraded" }),
      expect(view, {
        at: "os_profile_windows_config.enable_automatic_upgrades",
        wanted: true,
        message: "Windows is not upgraded",
      }),
    ]),
  fix: {
    risk: "disruptive",
    edit: (view) =>
      [set("automatic_os_upgrade", true), set("os_profile_windows_config.0.enable_automatic_upgrades", true)].slice(
        view.is("automatic_os_upgrade") === true ? 1 : 0,
      ),
  },
  bad: [oldSet(), oldSet("automatic_os_upgrade = true")],
  good: oldSet("automatic_os_upgrade = true", block("os_profile_windows_config", "enable_automatic_upgrades = true")),
});

export const automaticUpdates = setting({
  id: "azure-windows-vm-automatic-updates",
  aliases: ["CKV_AZURE_177"],
  title: "Windows machine does not update itself",
  severity: "medium",
  profile: "strict",
  on: [WINDOWS, WINDOWS_SET],
  why: "Known flaws stay open until someone remembers to update. Windows updates itself unless told not to.",
  remedy: "Remove automatic_updates_enabled = false (enable_automatic_updates before azurerm 4).",
  references: ["https://learn.microsoft.com/azure/virtual-machines/automatic-vm-guest-patching"],
  at: ["automatic_updates_enabled", "enable_automatic_updates"],
  wanted: true,
  absent: "pass",
  risk: "replaces",
  bad: [windows("automatic_updates_enabled = false"), windowsSet("enable_automatic_updates = false")],
  good: [windows(), windows("enable_automatic_updates = true"), windowsSet("automatic_updates_enabled = true")],
});

export const agent = setting({
  id: "azure-vm-agent",
  aliases: ["CKV_AZURE_179"],
  title: "Machine has no VM agent",
  severity: "low",
  profile: "strict",
  on: [LINUX, WINDOWS, LINUX_SET, WINDOWS_SET],
  why: "Without the agent no extension runs: no monitoring, no malware protection, no backup from inside. It can only be chosen when the machine is made.",
  remedy: "Remove provision_vm_agent = false; the machine is made anew.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/extensions/agent-linux"],
  at: "provision_vm_agent",
  wanted: true,
  absent: "pass",
  risk: "replaces",
  bad: [linux("provision_vm_agent = false"), windowsSet("provision_vm_agent = false")],
  good: [linux(), linuxSet("provision_vm_agent = true")],
});

const EXTENSION = "azurerm_virtual_machine_extension";

const antimalwareFor = (publisher: string, upgrades: boolean): string =>
  `${old()}\n${resource(
    EXTENSION,
    `virtual_machine_id         = ${OLD}.r.id`,
    `publisher                  = "${publisher}"`,
    'type                       = "IaaSAntimalware"',
    `auto_upgrade_minor_version = ${upgrades}`,
  )}`;

export const antimalware = rule({
  id: "azure-vm-antimalware",
  aliases: ["CKV2_AZURE_10"],
  title: "Machine has no malware protection that updates itself",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: [OLD, WINDOWS],
  why: "Malware that the machine would recognise runs unnoticed. Protection that does not update itself recognises less every day.",
  remedy: "Add the extension IaaSAntimalware of Microsoft.Azure.Security with auto_upgrade_minor_version = true.",
  references: ["https://learn.microsoft.com/azure/security/fundamentals/antimalware"],
  check(view) {
    const linuxOnly = view.blocks("os_profile_linux_config").items.length > 0;
    if (linuxOnly) return notApplicable;
    return someJoined(
      view,
      EXTENSION,
      "virtual_machine_id",
      (extension) =>
        allOf([
          expect(extension, { at: "publisher", wanted: "Microsoft.Azure.Security" }),
          expect(extension, { at: "type", wanted: "IaaSAntimalware" }),
          expect(extension, { at: "auto_upgrade_minor_version", wanted: true }),
        ]),
      "No antimalware extension that updates itself is installed",
    );
  },
  bad: [old(), antimalwareFor("Microsoft.Azure.Extensions", true), antimalwareFor("Microsoft.Azure.Security", false)],
  good: antimalwareFor("Microsoft.Azure.Security", true),
});

const BACKUP = "azurerm_backup_protected_vm";

export const backup = rule({
  id: "azure-vm-backup",
  aliases: ["CKV2_AZURE_12"],
  title: "Machine is not backed up",
  severity: "low",
  category: "reliability",
  profile: "strict",
  on: [OLD, LINUX, WINDOWS],
  why: "A mistake, a flaw or ransomware leaves nothing to restore. Azure Backup keeps copies out of the machine's reach.",
  remedy: "Add an azurerm_backup_protected_vm for the machine.",
  references: ["https://learn.microsoft.com/azure/backup/backup-azure-vms-introduction"],
  check: (view) => someJoined(view, BACKUP, "source_vm_id", () => pass(), "No backup protects it"),
  bad: old(),
  good: `${old()}\n${resource(BACKUP, `source_vm_id = ${OLD}.r.id`)}`,
});

export const sshKey = rule({
  id: "azure-linux-vm-ssh-key",
  aliases: ["CKV_AZURE_178"],
  title: "Linux machine has no SSH key",
  severity: "low",
  category: "security",
  profile: "strict",
  on: [LINUX, LINUX_SET],
  why: "Without a key people log in with a password, which is guessed and reused. Keys cannot be guessed.",
  remedy: "Add admin_ssh_key with the user name and the public key.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed"],
  check: (view) => requireSet(view, "admin_ssh_key.public_key", { message: "No key is given" }),
  bad: linux(),
  good: linux(block("admin_ssh_key", 'username   = "ops"', 'public_key = "ssh-ed25519 AAAA"')),
});

export const extensions = setting({
  id: "azure-vm-extensions",
  aliases: ["CKV_AZURE_50"],
  title: "Extensions may be installed on the machine",
  severity: "low",
  profile: "strict",
  on: [LINUX, WINDOWS],
  why: "Whoever may write to the machine in Azure runs code in it as root. Where nothing needs extensions, forbid them.",
  remedy: "Set allow_extension_operations = false.",
  references: ["https://learn.microsoft.com/azure/virtual-machines/extensions/overview"],
  at: "allow_extension_operations",
  wanted: false,
  risk: "disruptive",
  bad: [linux(), linux("allow_extension_operations = true")],
  good: windows("allow_extension_operations = false"),
});
