/** Cases that other scanners are known to get wrong; docs/rules/differences.md tells of those in which we differ on purpose. */
import { describe, expect, it } from "@jest/globals";
import { publicDataset } from "../../../../src/core/rules/google/bigquery.ts";
import { defaultAccount, externalAddress, projectKeys, serialPort } from "../../../../src/core/rules/google/compute.ts";
import { openEverything, openSsh } from "../../../../src/core/rules/google/firewall.ts";
import { controlPlaneOpen, networkPolicy, privateNodes } from "../../../../src/core/rules/google/gke.ts";
import { metadataServer } from "../../../../src/core/rules/google/gke-nodes.ts";
import { podSecurityPolicy } from "../../../../src/core/rules/google/gke-operations.ts";
import { adminAccount, projectBasicRole } from "../../../../src/core/rules/google/iam.ts";
import { rotation } from "../../../../src/core/rules/google/kms.ts";
import { sslPolicy } from "../../../../src/core/rules/google/load-balancing.ts";
import { publicBucket, publicFunction } from "../../../../src/core/rules/google/public-access.ts";
import { backups, openToInternet, publicAddress, requireTls } from "../../../../src/core/rules/google/sql.ts";
import { logCheckpoints } from "../../../../src/core/rules/google/sql-flags.ts";
import { lockedLogs } from "../../../../src/core/rules/google/storage.ts";
import { githubTrust } from "../../../../src/core/rules/google/workload-identity.ts";
import { pinned, versioned } from "../../../../src/core/rules/terraform/module.ts";
import { verdictOn } from "../../../support/views.ts";

const block = (type: string, body: string): string => `resource "${type}" "x" {\n${body}\n}\n`;
const firewall = (source: string, allow: string, more = ""): string =>
  block("google_compute_firewall", `network = "n"\nsource_ranges = [${source}]\nallow {\n${allow}\n}\n${more}`);

describe("firewalls", () => {
  it.each(['"::/0"', '"0::0/0"', '"0.0.0.0/1", "128.0.0.0/1"'])("%s is the internet", (source) => {
    expect(verdictOn(openSsh, firewall(source, 'protocol = "tcp"\nports = ["22"]'))).toBe("fail");
  });

  it("protocol all, 6, and absent ports hold port 22", () => {
    for (const allow of ['protocol = "all"', 'protocol = "tcp"', 'protocol = "6"\nports = ["20-25"]'])
      expect(verdictOn(openSsh, firewall('"0.0.0.0/0"', allow))).toBe("fail");
  });

  it("UDP, ICMP, egress and disabled rules do not", () => {
    expect(verdictOn(openSsh, firewall('"0.0.0.0/0"', 'protocol = "udp"\nports = ["22"]'))).toBe("pass");
    expect(verdictOn(openSsh, firewall('"0.0.0.0/0"', 'protocol = "icmp"'))).toBe("pass");
    expect(verdictOn(openSsh, firewall('"0.0.0.0/0"', 'protocol = "all"', 'direction = "EGRESS"'))).toBe("pass");
    expect(verdictOn(openEverything, firewall('"0.0.0.0/0"', 'protocol = "all"', "disabled = true"))).toBe("pass");
  });

  it("an unknown source is unknown", () => {
    const text = `variable "from" {}\n${firewall("var.from", 'protocol = "tcp"\nports = ["22"]')}`;
    expect(verdictOn(openSsh, text, "google_compute_firewall.x")).toBe("unknown");
  });
});

describe("instances", () => {
  const nic = (body = ""): string => `network_interface {\nnetwork = "n"\n${body}\n}`;

  it("an address on the second interface counts", () => {
    expect(verdictOn(externalAddress, block("google_compute_instance", `${nic()}\n${nic("access_config {}")}`))).toBe(
      "fail",
    );
    expect(
      verdictOn(
        externalAddress,
        block("google_compute_instance", nic('ipv6_access_config {\nnetwork_tier = "PREMIUM"\n}')),
      ),
    ).toBe("fail");
  });

  it("service_account without an e-mail is the default account; no block at all is no account", () => {
    const account = (body: string): string =>
      block("google_compute_instance", `service_account {\nscopes = ["cloud-platform"]\n${body}\n}`);
    expect(verdictOn(defaultAccount, account(""))).toBe("fail");
    expect(verdictOn(defaultAccount, block("google_compute_instance", 'name = "i"'))).toBe("not-applicable");
    const own = `resource "google_service_account" "a" {\naccount_id = "a"\n}\n${account("email = google_service_account.a.email")}`;
    expect(verdictOn(defaultAccount, own, "google_compute_instance.x")).toBe("pass");
  });

  it("TRUE, true and 1 are all on", () => {
    for (const value of ['"TRUE"', "true", "1"]) {
      const text = block(
        "google_compute_instance",
        `metadata = {\nserial-port-enable = ${value}\nblock-project-ssh-keys = ${value}\n}`,
      );
      expect([verdictOn(serialPort, text), verdictOn(projectKeys, text)]).toEqual(["fail", "pass"]);
    }
  });

  it("what an instance from a template leaves out is not held against it", () => {
    const text = block("google_compute_instance_from_template", 'source_instance_template = "t"');
    expect(verdictOn(projectKeys, text)).toBe("not-applicable");
  });
});

describe("Cloud SQL", () => {
  const sql = (settings: string, more = 'database_version = "POSTGRES_17"'): string =>
    block("google_sql_database_instance", `${more}\nsettings {\ntier = "t"\n${settings}\n}`);

  it("a public address is the default", () => {
    expect(verdictOn(publicAddress, sql(""))).toBe("fail");
    expect(verdictOn(publicAddress, sql("ip_configuration {\nipv4_enabled = false\n}"))).toBe("pass");
  });

  it("two halves of the internet are the internet", () => {
    const half = (cidr: string): string => `authorized_networks {\nvalue = "${cidr}"\n}`;
    expect(verdictOn(openToInternet, sql(`ip_configuration {\n${half("0.0.0.0/1")}\n${half("128.0.0.0/1")}\n}`))).toBe(
      "fail",
    );
    expect(verdictOn(openToInternet, sql(`ip_configuration {\n${half("0.0.0.0/1")}\n}`))).toBe("pass");
  });

  it("ssl_mode is read before require_ssl, which it replaces", () => {
    const config = (body: string): string => sql(`ip_configuration {\n${body}\n}`);
    expect(verdictOn(requireTls, config('require_ssl = true\nssl_mode = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"'))).toBe(
      "fail",
    );
    expect(verdictOn(requireTls, config('ssl_mode = "ENCRYPTED_ONLY"'))).toBe("pass");
  });

  it("a replica has its source's backups", () => {
    expect(verdictOn(backups, sql("", 'master_instance_name = "m"'))).toBe("not-applicable");
  });

  it("flags that are not known are neither set nor missing", () => {
    const text = `variable "flags" {}\n${sql('dynamic "database_flags" {\nfor_each = var.flags\ncontent {\nname = database_flags.key\nvalue = database_flags.value\n}\n}')}`;
    expect(verdictOn(logCheckpoints, text, "google_sql_database_instance.x")).toBe("unknown");
  });
});

describe("GKE", () => {
  const cluster = (body: string): string => block("google_container_cluster", body);

  it("Dataplane V2 enforces network policies by itself", () => {
    expect(verdictOn(networkPolicy, cluster('datapath_provider = "ADVANCED_DATAPATH"'))).toBe("pass");
  });

  it("a private cluster's block without private nodes is not private", () => {
    expect(verdictOn(privateNodes, cluster("private_cluster_config {\nenable_private_endpoint = true\n}"))).toBe(
      "fail",
    );
  });

  it("a second network may be the whole internet, also in IPv6", () => {
    const text = cluster(
      'master_authorized_networks_config {\ncidr_blocks {\ncidr_block = "10.0.0.0/8"\n}\ncidr_blocks {\ncidr_block = "::/0"\n}\n}',
    );
    expect(verdictOn(controlPlaneOpen, text)).toBe("fail");
  });

  it("a cluster that gives its nodes to pools, or to Autopilot, has none to judge", () => {
    expect(verdictOn(metadataServer, cluster("remove_default_node_pool = true"))).toBe("not-applicable");
    expect(verdictOn(metadataServer, cluster("enable_autopilot = true"))).toBe("pass");
  });

  it("pod security policies end with Kubernetes 1.25", () => {
    expect(verdictOn(podSecurityPolicy, cluster('min_master_version = "1.25.3-gke.800"'))).toBe("not-applicable");
    expect(verdictOn(podSecurityPolicy, cluster('min_master_version = "1.9.7-gke.1"'))).toBe("fail");
  });
});

describe("IAM", () => {
  it("a whole policy is read like a binding", () => {
    const text = `data "google_iam_policy" "p" {\nbinding {\nrole = "roles/viewer"\nmembers = ["allUsers"]\n}\n}\n${block("google_storage_bucket_iam_policy", 'bucket = "b"\npolicy_data = data.google_iam_policy.p.policy_data')}`;
    expect(verdictOn(publicBucket, text, "google_storage_bucket_iam_policy.x")).toBe("fail");
    const json = block(
      "google_storage_bucket_iam_policy",
      'bucket = "b"\npolicy_data = jsonencode({ bindings = [{ role = "roles/viewer", members = ["allUsers"] }] })',
    );
    expect(verdictOn(publicBucket, json)).toBe("fail");
  });

  it("everyone with a Google account is everyone", () => {
    const text = block(
      "google_cloudfunctions_function_iam_binding",
      'role = "roles/cloudfunctions.invoker"\nmembers = ["allAuthenticatedUsers"]',
    );
    expect(verdictOn(publicFunction, text)).toBe("fail");
  });

  it("a member that may be anyone is unknown, one of a known kind is not everyone", () => {
    const member = (value: string): string =>
      `variable "who" {}\n${block("google_storage_bucket_iam_member", `bucket = "b"\nrole = "roles/viewer"\nmember = ${value}`)}`;
    expect(verdictOn(publicBucket, member("var.who"), "google_storage_bucket_iam_member.x")).toBe("unknown");
    expect(verdictOn(publicBucket, member('"user:${var.who}"'), "google_storage_bucket_iam_member.x")).toBe("pass");
  });

  it("bindings count as members do", () => {
    const binding = (role: string, who: string): string =>
      block("google_project_iam_binding", `project = "p"\nrole = "${role}"\nmembers = ["${who}"]`);
    expect(verdictOn(adminAccount, binding("roles/owner", "serviceAccount:a@p.iam.gserviceaccount.com"))).toBe("fail");
    expect(verdictOn(projectBasicRole, binding("roles/editor", "group:ops@example.com"))).toBe("fail");
  });

  it("a service account of this code is one, though its address is not known yet", () => {
    const text = `resource "google_service_account" "a" {\naccount_id = "a"\n}\n${block("google_project_iam_member", 'project = "p"\nrole = "roles/owner"\nmember = "serviceAccount:${google_service_account.a.email}"')}`;
    expect(verdictOn(adminAccount, text, "google_project_iam_member.x")).toBe("fail");
  });

  it("Google's own service agents are not accounts of yours", () => {
    const member = (who: string): string =>
      block(
        "google_project_iam_member",
        `project = "p"\nrole = "roles/pubsub.admin"\nmember = "serviceAccount:${who}"`,
      );
    expect(verdictOn(adminAccount, member("service-1@gcp-sa-pubsub.iam.gserviceaccount.com"))).toBe("pass");
    expect(verdictOn(adminAccount, member("service-1@container-engine-robot.iam.gserviceaccount.com"))).toBe("pass");
    expect(verdictOn(adminAccount, member("jobs@p.iam.gserviceaccount.com"))).toBe("fail");
  });

  it("GitHub's tokens need a condition on the repository or its owner", () => {
    const provider = (condition: string): string =>
      block(
        "google_iam_workload_identity_pool_provider",
        `attribute_condition = "${condition}"\noidc {\nissuer_uri = "https://token.actions.githubusercontent.com"\n}`,
      );
    for (const good of [
      "assertion.repository == 'acme/shop'",
      "assertion.repository_owner_id in ['1']",
      "assertion.sub.startsWith('repo:acme/')",
    ])
      expect([good, verdictOn(githubTrust, provider(good))]).toEqual([good, "pass"]);
    for (const bad of [
      "assertion.actor == 'ann'",
      "assertion.sub == 'repo:*'",
      "assertion.sub.startsWith('repo:acme')",
      "true",
    ])
      expect([bad, verdictOn(githubTrust, provider(bad))]).toEqual([bad, "fail"]);
  });
});

describe("the rest", () => {
  it("an access block of a dataset that names nobody is for everyone; a list from elsewhere is unknown", () => {
    expect(
      verdictOn(
        publicDataset,
        block("google_bigquery_dataset", 'dataset_id = "d"\naccess {\nrole = "READER"\niam_member = "allUsers"\n}'),
      ),
    ).toBe("fail");
    expect(
      verdictOn(publicDataset, block("google_bigquery_dataset", 'dataset_id = "d"\naccess {\nrole = "READER"\n}')),
    ).toBe("fail");
  });

  it("rotation periods are seconds with their unit", () => {
    const key = (period: string): string => block("google_kms_crypto_key", `rotation_period = ${period}`);
    expect(verdictOn(rotation, key('"7776000s"'))).toBe("pass");
    expect(verdictOn(rotation, key('"7776000.5s"'))).toBe("pass");
    expect(verdictOn(rotation, key('"7776001s"'))).toBe("fail");
    expect(verdictOn(rotation, key('"90d"'))).toBe("fail");
  });

  it("the default TLS profile lets weak ciphers in", () => {
    expect(verdictOn(sslPolicy, block("google_compute_ssl_policy", 'min_tls_version = "TLS_1_2"'))).toBe("fail");
    expect(verdictOn(sslPolicy, block("google_compute_ssl_policy", 'profile = "FIPS_202205"'))).toBe("pass");
  });

  it("a sink's bucket is found behind storage.googleapis.com/", () => {
    const text = `${block("google_storage_bucket", 'name = "logs"')}resource "google_logging_project_sink" "s" {\nname = "s"\ndestination = "storage.googleapis.com/\${google_storage_bucket.x.name}"\n}\n`;
    expect(verdictOn(lockedLogs, text, "google_logging_project_sink.s")).toBe("fail");
  });
});

describe("modules", () => {
  const call = (source: string, version = ""): string => `module "m" {\nsource = "${source}"\n${version}\n}\n`;
  const COMMIT = "26c38a66f12e7c6c93b6a2ba127ad68981a48671";

  it.each([
    ["git::https://example.com/a/b.git?ref=v1.2.3", "fail", "pass"],
    [`git::ssh://git@example.com/a/b.git//sub?depth=1&ref=${COMMIT}`, "pass", "pass"],
    ["github.com/acme/vpc", "fail", "fail"],
    ["git::https://example.com/a/b.git?ref=main", "fail", "fail"],
    ["./modules/a", "not-applicable", "not-applicable"],
  ])("%s", (source, pin, version) => {
    expect([verdictOn(pinned, call(source)), verdictOn(versioned, call(source))]).toEqual([pin, version]);
  });

  it("a registry keeps a version as it was, so that an exact one is pinned", () => {
    expect(verdictOn(pinned, call("acme/vpc/aws", 'version = "1.2.3"'))).toBe("pass");
    expect(verdictOn(pinned, call("app.example.com/acme/vpc/aws//sub", 'version = ">= 1.2.3"'))).toBe("fail");
    expect(verdictOn(versioned, call("acme/vpc/aws", 'version = "~> 1.2"'))).toBe("pass");
    expect(verdictOn(versioned, call("acme/vpc/aws"))).toBe("fail");
  });
});
