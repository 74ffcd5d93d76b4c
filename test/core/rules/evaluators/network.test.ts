import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { ObjectValue, Truth } from "../../../../src/core/model/value.ts";
import { intervalOf, isEverywhere, union, without } from "../../../../src/core/rules/evaluators/network/addresses.ts";
import { nsgExposes, nsgRule } from "../../../../src/core/rules/evaluators/network/azure.ts";
import { firewallOpensEverything, firewallOpensPort } from "../../../../src/core/rules/evaluators/network/google.ts";
import { aclEntries, aclOpensPort } from "../../../../src/core/rules/evaluators/network/network-acl.ts";
import { holdsEveryPort, holdsPort } from "../../../../src/core/rules/evaluators/network/ports.ts";
import {
  groupRules,
  opensEverything,
  opensPort,
} from "../../../../src/core/rules/evaluators/network/security-group.ts";
import { or } from "../../../../src/core/rules/verdict.ts";
import { Block } from "../../../../src/core/rules/view.ts";
import { viewOf } from "../../../support/views.ts";

describe("addresses", () => {
  it.each([
    [["0.0.0.0/0"]],
    [["10.0.0.0/0"]],
    [["::/0"]],
    [["0::0/0"]],
    [["0:0:0:0:0:0:0:0/0"]],
    [["0.0.0.0/1", "128.0.0.0/1"]],
    [["::/1", "8000::/1"]],
    [["2000::/3"]],
    [["198.51.100.7/32", "0.0.0.0/0"]],
  ])("%j is the internet", (cidrs) => expect(isEverywhere(cidrs)).toBe(true));

  it.each([
    [[]],
    [["0.0.0.0/1"]],
    [["10.0.0.0/8", "192.168.0.0/16"]],
    [["sg-1"]],
    [["0.0.0.0/33"]],
    [["1.2.3/0"]],
    [["fd00::/8"]],
  ])("%j is not", (cidrs) => expect(isEverywhere(cidrs)).toBe(false));

  it("takes away exactly what the others hold (property)", () => {
    const cidr = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 8, max: 32 }))
      .map(([a, bits]) => `${a}.7.0.0/${bits}`);
    const size = (list: readonly { first: bigint; last: bigint }[]) =>
      list.reduce((sum, i) => sum + i.last - i.first + 1n, 0n);
    fc.assert(
      fc.property(cidr, fc.array(cidr, { maxLength: 5 }), (whole, parts) => {
        const interval = intervalOf(whole);
        const others = parts.map(intervalOf).filter((i) => i !== undefined);
        if (!interval) return false;
        const left = without(interval, others);
        return size(union([...left, ...others])) === size(union([interval, ...others]));
      }),
    );
  });
});

describe("ports", () => {
  it("reads from = to = 0 as port 0 with tcp, and as everything with -1", () => {
    expect(holdsPort("tcp", { from: 0, to: 0 }, 22)).toBe(false);
    expect(holdsPort("-1", { from: 0, to: 0 }, 22)).toBe(true);
    expect(holdsPort("tcp", { from: -1, to: -1 }, 22)).toBe(true);
    expect(holdsPort("6", { from: 20, to: 25 }, 22)).toBe(true);
  });

  it("is undecided only where an unknown bound could change the answer", () => {
    expect(holdsPort("tcp", { from: 20, to: "unknown" }, 22)).toBe("unknown");
    expect(holdsPort("tcp", { from: 30, to: "unknown" }, 22)).toBe(false);
    expect(holdsEveryPort(undefined, { from: 0, to: 65_535 })).toBe("unknown");
  });
});

describe("security-group rules", () => {
  const rules = (hcl: string) => groupRules(viewOf(hcl), "ingress");
  const asks = (hcl: string, port = 22): Truth => {
    const { items, complete } = rules(hcl);
    return or(...items.map((item) => opensPort(item, "tcp", port)), complete ? false : "unknown");
  };
  const group = (body: string): string => `resource "aws_security_group" "g" {\n${body}\n}`;
  const ingress = (body: string): string => group(`ingress {\n${body}\n}`);

  it("reads the attribute form, with several blocks and null sources", () => {
    expect(
      asks(
        group(
          'ingress = [{ from_port = 22, to_port = 22, protocol = "tcp", cidr_blocks = null, security_groups = ["sg-1"] }]',
        ),
      ),
    ).toBe(false);
    expect(
      asks(group('ingress = [{ from_port = 0, to_port = 65535, protocol = "-1", cidr_blocks = ["0.0.0.0/0"] }]')),
    ).toBe(true);
  });

  it("is not rescued by self, a group or a prefix list beside an open range", () => {
    expect(
      asks(ingress('from_port = 22\nto_port = 22\nprotocol = "tcp"\nself = true\ncidr_blocks = ["0.0.0.0/0"]')),
    ).toBe(true);
    expect(asks(ingress('from_port = 22\nto_port = 22\nprotocol = "tcp"\nself = true'))).toBe(false);
    expect(asks(ingress('from_port = 22\nto_port = 22\nprotocol = "tcp"\nprefix_list_ids = ["pl-1"]'))).toBe(false);
  });

  it("looks at every block, after one that is harmless too", () => {
    const two =
      'ingress {\nfrom_port = 1\nto_port = 1\nprotocol = "tcp"\nself = true\n}\ningress {\nfrom_port = 22\nto_port = 22\nprotocol = "tcp"\nipv6_cidr_blocks = ["::/0"]\n}';
    expect(asks(group(two))).toBe(true);
  });

  it("reads ip_protocol of the newer rule resources: -1 needs no ports", () => {
    const rule = `resource "aws_vpc_security_group_ingress_rule" "r" {\n  security_group_id = "sg-1"\n  ip_protocol = "-1"\n  cidr_ipv4 = "0.0.0.0/0"\n}`;
    expect(asks(rule)).toBe(true);
    expect(rules(rule).items.map(opensEverything)).toEqual([true]);
  });

  it("takes 0-65535 over tcp as everything, and udp as no way to SSH", () => {
    const wide = ingress('from_port = 0\nto_port = 65535\nprotocol = "tcp"\ncidr_blocks = ["0.0.0.0/0"]');
    expect(rules(wide).items.map(opensEverything)).toEqual([true]);
    expect(asks(ingress('from_port = 0\nto_port = 65535\nprotocol = "udp"\ncidr_blocks = ["0.0.0.0/0"]'))).toBe(false);
  });

  it("does not take icmp types for ports", () => {
    expect(asks(ingress('from_port = 8\nto_port = 0\nprotocol = "icmp"\ncidr_blocks = ["0.0.0.0/0"]'), 8)).toBe(false);
  });

  it("leaves open what a variable decides", () => {
    const hcl = `variable "from" {\n  type = list(string)\n}\n${ingress('from_port = 22\nto_port = 22\nprotocol = "tcp"\ncidr_blocks = var.from')}`;
    const view = viewOf(hcl, "aws_security_group.g");
    expect(groupRules(view, "ingress").items.map((item) => opensPort(item, "tcp", 22))).toEqual(["unknown"]);
    expect(groupRules(view, "ingress").items.map((item) => opensPort(item, "tcp", 80))).toEqual([false]);
  });
});

describe("network ACLs", () => {
  const acl = (
    ...entries: readonly (readonly [
      number: number,
      action: string,
      cidr: string,
      from: number,
      to: number,
      protocol?: string,
    ])[]
  ) =>
    aclOpensPort(
      aclEntries(
        viewOf(
          `resource "aws_network_acl" "a" {\n${entries
            .map(([n, action, cidr, from, to, protocol = "tcp"]) => {
              const key = cidr.includes(":") ? "ipv6_cidr_block" : "cidr_block";
              return `ingress {\nrule_no = ${n}\naction = "${action}"\n${key} = "${cidr}"\nfrom_port = ${from}\nto_port = ${to}\nprotocol = "${protocol}"\n}`;
            })
            .join("\n")}\n}`,
        ),
      ).items,
      "tcp",
      22,
    ).truth;

  it("takes the first match in order of numbers, not of writing", () => {
    expect(acl([100, "allow", "0.0.0.0/0", 0, 0, "-1"], [10, "deny", "0.0.0.0/0", 20, 25])).toBe(false);
    expect(acl([10, "allow", "0.0.0.0/0", 0, 0, "-1"], [30, "deny", "0.0.0.0/0", 20, 25])).toBe(true);
  });

  it("sees a range that starts at port 0, IPv6, and two halves", () => {
    expect(acl([100, "allow", "0.0.0.0/0", 0, 1024])).toBe(true);
    expect(acl([100, "allow", "::/0", 22, 22])).toBe(true);
    expect(acl([100, "allow", "0.0.0.0/1", 22, 22], [110, "allow", "128.0.0.0/1", 22, 22])).toBe(true);
  });

  it("does not call a port closed because a few addresses are denied", () => {
    expect(acl([10, "deny", "198.51.100.0/24", 22, 22], [100, "allow", "0.0.0.0/0", 22, 22])).toBe(true);
    expect(acl([100, "allow", "10.0.0.0/8", 22, 22])).toBe(false);
  });
});

describe("Azure network security groups", () => {
  const rule = (facts: ObjectValue) =>
    nsgRule(
      new Block(
        {
          priority: 100,
          direction: "Inbound",
          access: "Allow",
          protocol: "Tcp",
          source_address_prefix: "*",
          destination_port_range: "22",
          ...facts,
        },
        "security_rule.0",
      ),
    );

  it.each([
    [{ source_address_prefix: "Internet" }],
    [{ source_address_prefix: "0.0.0.0/0", protocol: "*" }],
    [{ source_address_prefix: null, source_address_prefixes: ["0.0.0.0/1", "128.0.0.0/1"] }],
    [{ destination_port_range: null, destination_port_ranges: ["80", "20-25"] }],
    [{ destination_port_range: "*" }],
  ])("%j exposes SSH", (facts) => expect(nsgExposes(rule(facts), [], "tcp", 22)).toBe(true));

  it.each([
    [{ direction: "Outbound" }],
    [{ access: "Deny" }],
    [{ protocol: "Udp" }],
    [{ source_address_prefix: "VirtualNetwork" }],
    [{ destination_port_range: "3389" }],
  ])("%j does not", (facts) => expect(nsgExposes(rule(facts), [], "tcp", 22)).toBe(false));

  it("is hidden by a Deny with a lower number, and by no other", () => {
    const deny = (priority: number, more: ObjectValue = {}) =>
      rule({ access: "Deny", priority, destination_port_range: "*", ...more });
    expect(nsgExposes(rule({}), [deny(50)], "tcp", 22)).toBe(false);
    expect(nsgExposes(rule({}), [deny(200)], "tcp", 22)).toBe(true);
    expect(nsgExposes(rule({}), [deny(50, { source_address_prefix: "10.0.0.0/8" })], "tcp", 22)).toBe(true);
  });
});

describe("Google firewalls", () => {
  const firewall = (body: string) => viewOf(`resource "google_compute_firewall" "f" {\n${body}\n}`);
  it.each([
    ['source_ranges = ["0.0.0.0/0"]\nallow {\nprotocol = "tcp"\nports = ["22"]\n}', true],
    ['source_ranges = ["::/0"]\nallow {\nprotocol = "tcp"\nports = ["20-25"]\n}', true],
    ['source_ranges = ["0.0.0.0/0"]\nallow {\nprotocol = "tcp"\n}', true],
    ['source_ranges = ["0.0.0.0/0"]\nallow {\nprotocol = "all"\n}', true],
    ['source_ranges = ["0.0.0.0/0"]\nallow {\nprotocol = "icmp"\n}\nallow {\nprotocol = "6"\nports = ["22"]\n}', true],
    ['source_ranges = ["0.0.0.0/0"]\ndisabled = true\nallow {\nprotocol = "all"\n}', false],
    ['direction = "EGRESS"\nsource_ranges = ["0.0.0.0/0"]\nallow {\nprotocol = "all"\n}', false],
    ['source_tags = ["web"]\nallow {\nprotocol = "all"\n}', false],
    ['source_ranges = ["10.0.0.0/8"]\nallow {\nprotocol = "all"\n}', false],
    ['source_ranges = ["0.0.0.0/0"]\nallow {\nprotocol = "udp"\nports = ["22"]\n}', false],
  ])("%j opens SSH: %s", (body, expected) => expect(firewallOpensPort(firewall(body), "tcp", 22)).toBe(expected));

  it("tells everything from a lot", () => {
    const open = (allow: string) =>
      firewallOpensEverything(firewall(`source_ranges = ["0.0.0.0/0"]\nallow {\n${allow}\n}`));
    expect(open('protocol = "all"')).toBe(true);
    expect(open('protocol = "tcp"\nports = ["0-65535"]')).toBe(true);
    expect(open('protocol = "tcp"\nports = ["80"]')).toBe(false);
  });
});
