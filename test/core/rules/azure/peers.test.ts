/** Cases that other scanners are known to get wrong; docs/rules/differences.md tells of those in which we differ on purpose. */
import { describe, expect, it } from "@jest/globals";
import { pythonVersion } from "../../../../src/core/rules/azure/app-service.ts";
import { gatewayTls } from "../../../../src/core/rules/azure/application-gateway.ts";
import { signedImages } from "../../../../src/core/rules/azure/container.ts";
import { redisPlainPort } from "../../../../src/core/rules/azure/data-store.ts";
import { apiServerOpen, nodePublicIp } from "../../../../src/core/rules/azure/kubernetes-cluster.ts";
import { ipForwarding, nicPublicIp, subnetGroup } from "../../../../src/core/rules/azure/network.ts";
import { openHttp, openRdp, openSsh, openUdp } from "../../../../src/core/rules/azure/network-security-group.ts";
import { keyVaultEndpoint } from "../../../../src/core/rules/azure/private-endpoint.ts";
import { auditing, auditRetention, sqlTls } from "../../../../src/core/rules/azure/sql-server.ts";
import { firewall, httpsOnly, minimumTls, trustedServices } from "../../../../src/core/rules/azure/storage.ts";
import { queueLogging } from "../../../../src/core/rules/azure/storage-protection.ts";
import { passwordLogin } from "../../../../src/core/rules/azure/virtual-machine.ts";
import { plainFtp } from "../../../../src/core/rules/azure/web-app.ts";
import { verdictOn } from "../../../support/views.ts";

const block = (type: string, body: string, name = "x"): string => `resource "${type}" "${name}" {\n${body}\n}\n`;

interface Entry {
  readonly priority?: number;
  readonly direction?: string;
  readonly access?: string;
  readonly protocol?: string;
  readonly port?: string;
  readonly source?: string;
}
const lines = ({ priority, direction, access, protocol, port, source }: Entry): string =>
  [
    `priority = ${priority ?? 100}`,
    `direction = "${direction ?? "Inbound"}"`,
    `access = "${access ?? "Allow"}"`,
    `protocol = "${protocol ?? "Tcp"}"`,
    `destination_port_range = "${port ?? "*"}"`,
    source?.startsWith("[") ? `source_address_prefixes = ${source}` : `source_address_prefix = "${source ?? "*"}"`,
  ].join("\n");
const group = (...entries: readonly Entry[]): string =>
  block("azurerm_network_security_group", entries.map((e) => `security_rule {\n${lines(e)}\n}`).join("\n"));
const separate = (entry: Entry, name = "r"): string =>
  block(
    "azurerm_network_security_rule",
    `network_security_group_name = azurerm_network_security_group.x.name\n${lines(entry)}`,
    name,
  );

describe("network security groups", () => {
  it("every rule is judged for UDP, not the first alone", () => {
    expect(verdictOn(openUdp, group({ protocol: "Tcp", port: "443" }, { protocol: "Udp", port: "53" }))).toBe("fail");
  });

  it("protocol * carries UDP and TCP alike", () => {
    expect(verdictOn(openUdp, group({ protocol: "*" }))).toBe("fail");
    expect(verdictOn(openSsh, group({ protocol: "*", port: "20-30" }))).toBe("fail");
  });

  it("0.0.0.0/1 with 128.0.0.0/1 is the internet, and ::/0 is as well", () => {
    expect(verdictOn(openSsh, group({ port: "22", source: '["0.0.0.0/1", "128.0.0.0/1"]' }))).toBe("fail");
    expect(verdictOn(openSsh, group({ port: "22", source: "::/0" }))).toBe("fail");
    expect(verdictOn(openSsh, group({ port: "22", source: "VirtualNetwork" }))).toBe("pass");
  });

  it("a Deny with a lower number hides an Allow, one with a higher number does not", () => {
    const allow = { priority: 200, port: "3389" };
    expect(verdictOn(openRdp, group({ priority: 100, access: "Deny" }, allow))).toBe("pass");
    expect(verdictOn(openRdp, group({ priority: 300, access: "Deny" }, allow))).toBe("fail");
    expect(verdictOn(openRdp, group({ priority: 100, access: "Deny", direction: "Outbound" }, allow))).toBe("fail");
    expect(verdictOn(openRdp, group({ priority: 100, access: "Deny", source: "10.0.0.0/8" }, allow))).toBe("fail");
  });

  it("a Deny in a resource of its own hides an Allow that is written in the group", () => {
    const code = group({ priority: 200, port: "80" }) + separate({ priority: 100, access: "Deny" });
    expect(verdictOn(openHttp, code, "azurerm_network_security_group.x")).toBe("pass");
  });

  it("an Allow in a resource of its own is hidden by a Deny in the group, and found without", () => {
    const allow = separate({ priority: 200, port: "80" });
    expect(
      verdictOn(openHttp, group({ priority: 100, access: "Deny" }) + allow, "azurerm_network_security_rule.r"),
    ).toBe("pass");
    expect(verdictOn(openHttp, group({ port: "443" }) + allow, "azurerm_network_security_rule.r")).toBe("fail");
  });

  it("rules that are not known yet leave a group undecided: one of them may be a Deny that comes first", () => {
    const unknown = 'variable "rules" {}\n';
    const dynamic =
      'dynamic "security_rule" {\nfor_each = var.rules\ncontent {\naccess = security_rule.value.access\n}\n}';
    const open = `security_rule {\n${lines({ port: "22" })}\n}`;
    const type = "azurerm_network_security_group";
    expect(verdictOn(openSsh, unknown + block(type, dynamic), `${type}.x`)).toBe("unknown");
    expect(verdictOn(openSsh, unknown + block(type, `${open}\n${dynamic}`), `${type}.x`)).toBe("unknown");
  });
});

describe("names of azurerm 3 and 4", () => {
  it.each([
    [httpsOnly, "azurerm_storage_account", "https_traffic_only_enabled = false"],
    [httpsOnly, "azurerm_storage_account", "enable_https_traffic_only = false"],
    [redisPlainPort, "azurerm_redis_cache", "non_ssl_port_enabled = true"],
    [redisPlainPort, "azurerm_redis_cache", "enable_non_ssl_port = true"],
    [ipForwarding, "azurerm_network_interface", "ip_forwarding_enabled = true"],
    [ipForwarding, "azurerm_network_interface", "enable_ip_forwarding = true"],
    [signedImages, "azurerm_container_registry", "trust_policy_enabled = false"],
    [nodePublicIp, "azurerm_kubernetes_cluster", "default_node_pool {\nnode_public_ip_enabled = true\n}"],
    [nodePublicIp, "azurerm_kubernetes_cluster", "default_node_pool {\nenable_node_public_ip = true\n}"],
  ])("$id of %s sees %s", (rule, type, body) => {
    expect(verdictOn(rule, block(type, body))).toBe("fail");
  });
});

describe("defaults that azurerm changed", () => {
  const asking = (version: string): string =>
    `terraform {\nrequired_providers {\nazurerm = {\nsource = "hashicorp/azurerm"\nversion = "${version}"\n}\n}\n}\n`;
  const account = block("azurerm_storage_account", 'name = "a"');

  it.each(["~> 3.0", ">= 3.50, < 5.0", "4.1.0", "> 3.2"])("TLS 1.2 is the default with version %s", (version) => {
    expect(verdictOn(minimumTls, asking(version) + account)).toBe("pass");
    expect(verdictOn(sqlTls, asking(version) + block("azurerm_mssql_server", 'name = "s"'))).toBe("pass");
  });

  it.each(["~> 2.90", ">= 2.0", "< 4.0", "!= 3.5.0"])("nothing is certain with version %s", (version) => {
    expect(verdictOn(minimumTls, asking(version) + account)).toBe("fail");
  });

  it("the newer web apps have FTP off, azurerm_app_service has not", () => {
    expect(verdictOn(plainFtp, asking("~> 4.0") + block("azurerm_linux_web_app", "site_config {}"))).toBe("pass");
    expect(verdictOn(plainFtp, asking("~> 3.0") + block("azurerm_app_service", "site_config {}"))).toBe("fail");
  });

  it("an old setting that is written out counts, whatever the version", () => {
    const old = block("azurerm_storage_account", 'min_tls_version = "TLS1_0"');
    expect(verdictOn(minimumTls, asking("~> 4.0") + old)).toBe("fail");
  });
});

describe("storage accounts", () => {
  const ACCOUNT = "azurerm_storage_account";

  it("an account says nothing of a firewall that is a resource of its own; that resource answers", () => {
    const rules = "azurerm_storage_account_network_rules";
    const code =
      block(ACCOUNT, 'name = "a"') + block(rules, `storage_account_id = ${ACCOUNT}.x.id\ndefault_action = "Allow"`);
    expect(verdictOn(firewall, code, `${ACCOUNT}.x`)).toBe("not-applicable");
    expect(verdictOn(firewall, code, `${rules}.x`)).toBe("fail");
  });

  it("a firewall that denies without naming bypass trusts Azure, as is Azure's default", () => {
    expect(verdictOn(trustedServices, block(ACCOUNT, 'network_rules {\ndefault_action = "Deny"\n}'))).toBe("pass");
  });

  it("queues are judged where they exist: of kind Storage too, of kind BlobStorage not", () => {
    expect(verdictOn(queueLogging, block(ACCOUNT, 'account_kind = "Storage"'))).toBe("fail");
    expect(verdictOn(queueLogging, block(ACCOUNT, 'account_kind = "BlobStorage"'))).toBe("not-applicable");
  });
});

describe("other services", () => {
  it("authorised ranges that hold the whole internet do not limit the API server", () => {
    const ranges = (list: string): string =>
      block("azurerm_kubernetes_cluster", `api_server_access_profile {\nauthorized_ip_ranges = ${list}\n}`);
    expect(verdictOn(apiServerOpen, ranges('["0.0.0.0/0"]'))).toBe("fail");
    expect(verdictOn(apiServerOpen, ranges('["0.0.0.0/32"]'))).toBe("pass");
    expect(verdictOn(apiServerOpen, `variable "r" {}\n${ranges("var.r")}`)).toBe("unknown");
  });

  it("a second IP configuration with a public address is seen", () => {
    const nic = block(
      "azurerm_network_interface",
      'ip_configuration {\nname = "a"\n}\nip_configuration {\npublic_ip_address_id = azurerm_public_ip.x.id\n}',
    );
    expect(verdictOn(nicPublicIp, nic + block("azurerm_public_ip", 'name = "p"'))).toBe("fail");
    const none = block("azurerm_network_interface", "ip_configuration {\npublic_ip_address_id = null\n}");
    expect(verdictOn(nicPublicIp, none)).toBe("pass");
  });

  it("audit logs with a retention of 0 days are kept for ever, and a policy that is off audits nothing", () => {
    const server = block("azurerm_mssql_server", 'name = "s"');
    const policy = (body: string): string =>
      block("azurerm_mssql_server_extended_auditing_policy", `server_id = azurerm_mssql_server.x.id\n${body}`);
    expect(verdictOn(auditRetention, server + policy("retention_in_days = 0"))).toBe("pass");
    expect(verdictOn(auditing, server + policy("enabled = false"))).toBe("fail");
  });

  it("subnets that are joined per instance each need their own association", () => {
    const code = `
      resource "azurerm_subnet" "s" {
        for_each = toset(["a", "b"])
        name     = each.key
      }
      resource "azurerm_subnet_network_security_group_association" "s" {
        for_each                  = toset(["a"])
        subnet_id                 = azurerm_subnet.s[each.key].id
        network_security_group_id = "id"
      }
    `;
    expect(verdictOn(subnetGroup, code, 'azurerm_subnet.s["a"]')).toBe("pass");
    expect(verdictOn(subnetGroup, code, 'azurerm_subnet.s["b"]')).toBe("fail");
  });

  it("a private endpoint whose target is not known yet leaves every vault undecided", () => {
    const vault = block("azurerm_key_vault", 'name = "v"');
    const endpoint = block(
      "azurerm_private_endpoint",
      "private_service_connection {\nprivate_connection_resource_id = var.id\n}",
    );
    expect(verdictOn(keyVaultEndpoint, vault)).toBe("fail");
    expect(verdictOn(keyVaultEndpoint, `variable "id" {}\n${vault}${endpoint}`)).toBe("unknown");
  });

  it("the newer Linux machine resource is judged by its own attribute", () => {
    expect(
      verdictOn(passwordLogin, block("azurerm_linux_virtual_machine", "disable_password_authentication = false")),
    ).toBe("fail");
  });

  it("a custom TLS policy is held to its ciphers, whatever their order", () => {
    const policy = (suites: string): string =>
      block(
        "azurerm_application_gateway",
        `ssl_policy {\npolicy_type = "Custom"\nmin_protocol_version = "TLSv1_2"\ncipher_suites = ${suites}\n}`,
      );
    expect(verdictOn(gatewayTls, policy('["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"]'))).toBe("pass");
    expect(
      verdictOn(
        gatewayTls,
        policy('["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"]'),
      ),
    ).toBe("fail");
  });

  it("versions of Python are judged by the date of their end", () => {
    const app = (version: string): string =>
      block("azurerm_linux_web_app", `site_config {\napplication_stack {\npython_version = "${version}"\n}\n}`);
    expect(verdictOn(pythonVersion, app("3.8"))).toBe("fail");
    expect(verdictOn(pythonVersion, app("3.13"))).toBe("pass");
    expect(verdictOn(pythonVersion, app("9.9"))).toBe("unknown");
  });
});
