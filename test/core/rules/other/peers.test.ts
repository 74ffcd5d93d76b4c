/** Cases that other scanners are known to get wrong; docs/rules/differences.md tells of those in which we differ on purpose. */
import { describe, expect, it } from "@jest/globals";
import { openSsh as alicloudSsh } from "../../../../src/core/rules/other/alicloud.ts";
import { publicDatabase } from "../../../../src/core/rules/other/alicloud-databases.ts";
import { ncloud } from "../../../../src/core/rules/other/credentials.ts";
import { openFirewall } from "../../../../src/core/rules/other/hosting.ts";
import { aclSsh, groupSsh } from "../../../../src/core/rules/other/ncloud-network.ts";
import { groupRdp, listSsh } from "../../../../src/core/rules/other/oci-network.ts";
import { openRdp, openSsh } from "../../../../src/core/rules/other/openstack.ts";
import { openRule } from "../../../../src/core/rules/other/yandex.ts";
import { estateOf, verdictOn } from "../../../support/views.ts";

const block = (type: string, body: string): string => `resource "${type}" "x" {\n${body}\n}\n`;

describe("OpenStack", () => {
  const rule = (body: string): string =>
    block("openstack_networking_secgroup_rule_v2", `direction = "ingress"\nprotocol = "tcp"\n${body}`);

  it("a rule that names no source is for everyone", () => {
    expect(verdictOn(openRdp, rule("port_range_min = 3389\nport_range_max = 3389"))).toBe("fail");
    expect(verdictOn(openRdp, rule('port_range_min = 3389\nport_range_max = 3389\nremote_group_id = "g"'))).toBe(
      "pass",
    );
  });

  it("a rule without ports or protocol holds port 22", () => {
    expect(
      verdictOn(
        openSsh,
        block("openstack_networking_secgroup_rule_v2", 'direction = "ingress"\nremote_ip_prefix = "::/0"'),
      ),
    ).toBe("fail");
  });
});

describe("Oracle Cloud", () => {
  const list = (entry: string): string => block("oci_core_security_list", `ingress_security_rules {\n${entry}\n}`);

  it("a list without inbound rules lets nothing in", () => {
    expect(verdictOn(listSsh, block("oci_core_security_list", 'vcn_id = "v"'))).toBe("pass");
  });

  it("protocol 6 without options is every port", () => {
    expect(verdictOn(listSsh, list('protocol = "6"\nsource = "0.0.0.0/0"'))).toBe("fail");
    expect(verdictOn(listSsh, list('protocol = "6"\nsource = "::/0"\ntcp_options {\nmin = 20\nmax = 30\n}'))).toBe(
      "fail",
    );
    expect(verdictOn(listSsh, list('protocol = "1"\nsource = "0.0.0.0/0"'))).toBe("pass");
  });

  it("a /0 with bits beyond its prefix is not decided", () => {
    expect(verdictOn(listSsh, list('protocol = "all"\nsource = "0.0.0.1/0"'))).toBe("unknown");
  });

  it("egress rules of a group open nothing", () => {
    expect(
      verdictOn(
        groupRdp,
        block(
          "oci_core_network_security_group_security_rule",
          'direction = "EGRESS"\nprotocol = "all"\ndestination = "0.0.0.0/0"',
        ),
      ),
    ).toBe("pass");
  });
});

describe("Alibaba Cloud", () => {
  const rule = (body: string): string =>
    block("alicloud_security_group_rule", `type = "ingress"\nip_protocol = "tcp"\n${body}`);

  it("-1/-1 is every port, drop is not accept, and a group as source is not the internet", () => {
    expect(verdictOn(alicloudSsh, rule('port_range = "-1/-1"\ncidr_ip = "0.0.0.0/0"').replace('"tcp"', '"all"'))).toBe(
      "fail",
    );
    expect(verdictOn(alicloudSsh, rule('port_range = "22/22"\npolicy = "drop"\ncidr_ip = "0.0.0.0/0"'))).toBe("pass");
    expect(verdictOn(alicloudSsh, rule('port_range = "22/22"\nsource_security_group_id = "sg-2"'))).toBe("pass");
  });

  it("a bare 0.0.0.0 in a list of addresses is everyone", () => {
    expect(verdictOn(publicDatabase, block("alicloud_db_instance", 'security_ips = ["10.0.0.1", "0.0.0.0"]'))).toBe(
      "fail",
    );
  });
});

describe("Naver Cloud", () => {
  const entry = (action: string, ip: string, ports: string, priority: number): string =>
    `inbound {\npriority = ${priority}\nprotocol = "TCP"\nrule_action = "${action}"\nip_block = "${ip}"\nport_range = "${ports}"\n}`;
  const acl = (...entries: readonly string[]): string => block("ncloud_network_acl_rule", entries.join("\n"));

  it("the entry with the lowest number decides, wherever it is written", () => {
    expect(
      verdictOn(aclSsh, acl(entry("ALLOW", "0.0.0.0/0", "1-65535", 20), entry("DROP", "0.0.0.0/0", "22", 10))),
    ).toBe("pass");
    expect(verdictOn(aclSsh, acl(entry("DROP", "0.0.0.0/0", "22", 20), entry("ALLOW", "::/0", "20-30", 10)))).toBe(
      "fail",
    );
    expect(verdictOn(aclSsh, acl(entry("DROP", "10.0.0.0/8", "22", 10), entry("ALLOW", "0.0.0.0/0", "22", 20)))).toBe(
      "fail",
    );
  });

  it("ranges hold the ports inside of them", () => {
    const group = (ports: string): string =>
      block(
        "ncloud_access_control_group_rule",
        `inbound {\nprotocol = "TCP"\nip_block = "0.0.0.0/0"\nport_range = "${ports}"\n}`,
      );
    expect(verdictOn(groupSsh, group("1-1000"))).toBe("fail");
    expect(verdictOn(groupSsh, group("220-222"))).toBe("pass");
  });
});

describe("other firewalls", () => {
  it("a Yandex rule for any protocol without ports is everything, also over IPv6", () => {
    expect(
      verdictOn(
        openRule,
        block("yandex_vpc_security_group_rule", 'direction = "ingress"\nprotocol = "ANY"\nv6_cidr_blocks = ["::/0"]'),
      ),
    ).toBe("fail");
  });

  it("a DigitalOcean rule of halves is open", () => {
    expect(
      verdictOn(
        openFirewall,
        block(
          "digitalocean_firewall",
          'inbound_rule {\nprotocol = "tcp"\nsource_addresses = ["0.0.0.0/1", "128.0.0.0/1"]\n}',
        ),
      ),
    ).toBe("fail");
  });
});

describe("credentials", () => {
  it("a second block of a provider is judged as the first is", () => {
    const estate = estateOf('provider "ncloud" {\n}\n\nprovider "ncloud" {\n  secret_key = "not-a-real-one-4711"\n}\n');
    expect(estate.ofType("provider.ncloud").map((view) => ncloud.check(view).status)).toEqual(["pass", "fail"]);
  });

  it("a variable without a default is not a literal; one with a default is in the code", () => {
    const text = (tail: string): string =>
      `variable "key" {\n${tail}\n}\nprovider "ncloud" {\n  secret_key = var.key\n}\n`;
    expect(verdictOn(ncloud, text(""), "provider.ncloud")).toBe("pass");
    expect(verdictOn(ncloud, text('default = "not-a-real-one-4711"'), "provider.ncloud")).toBe("fail");
  });
});
