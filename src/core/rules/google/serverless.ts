/** Cloud Functions and Cloud Build. */

import { set } from "../operations.ts";
import { rule } from "../rule.ts";
import { alias, block, example, setting } from "../shapes.ts";
import { fail, pass, undecided } from "../verdict.ts";

const FUNCTION = "google_cloudfunctions_function";
const FUNCTION2 = "google_cloudfunctions2_function";
const INTERNAL = ["ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB"];

export const ingress = rule({
  id: "google-function-ingress",
  aliases: alias("CKV_GCP_124"),
  title: "Cloud Function is reached from the internet",
  severity: "medium",
  category: "security",
  profile: "strict",
  on: [FUNCTION, FUNCTION2],
  why: "Anyone can send it requests, and only IAM stands before the code. Behind a load balancer they can be filtered first.",
  remedy: 'Set ingress_settings = "ALLOW_INTERNAL_AND_GCLB", or "ALLOW_INTERNAL_ONLY".',
  references: ["https://cloud.google.com/functions/docs/networking/network-settings#ingress_settings"],
  check(view) {
    const found = view.get(view.type === FUNCTION2 ? "service_config.ingress_settings" : "ingress_settings");
    if (found.kind === "unknown") return undecided(found.path);
    // ALLOW_ALL is the default.
    const internal = found.kind === "value" && INTERNAL.includes(String(found.value));
    return internal ? pass(found.path) : fail(found.path, "Requests from the internet are let in");
  },
  fix: {
    risk: "disruptive",
    edit: (view) => [
      set(
        view.type === FUNCTION2 ? "service_config.0.ingress_settings" : "ingress_settings",
        "ALLOW_INTERNAL_AND_GCLB",
      ),
    ],
  },
  bad: [
    example(FUNCTION, 'name    = "f"', 'runtime = "nodejs20"', 'ingress_settings = "ALLOW_ALL"'),
    example(
      FUNCTION2,
      'name     = "f"',
      'location = "europe-west1"',
      block("service_config", 'available_memory = "256M"'),
    ),
  ],
  good: [
    example(FUNCTION, 'name    = "f"', 'runtime = "nodejs20"', 'ingress_settings = "ALLOW_INTERNAL_AND_GCLB"'),
    example(
      FUNCTION2,
      'name     = "f"',
      'location = "europe-west1"',
      block("service_config", 'ingress_settings = "ALLOW_INTERNAL_ONLY"'),
    ),
  ],
});

export const secureTrigger = setting({
  id: "google-function-https-only",
  aliases: alias("CKV2_GCP_10"),
  title: "Cloud Function answers plain HTTP",
  severity: "medium",
  profile: "strict",
  on: FUNCTION,
  at: "https_trigger_security_level",
  wanted: "SECURE_ALWAYS",
  wrong: "SECURE_OPTIONAL",
  risk: "disruptive",
  like: ['name    = "f"', 'runtime = "nodejs20"', "trigger_http = true"],
  why: "What passes can be read and changed by whoever is on the way. SECURE_ALWAYS sends callers to HTTPS.",
  references: ["https://cloud.google.com/functions/docs/writing/write-http-functions"],
});

export const privateWorkers = setting({
  id: "google-cloud-build-public-address",
  aliases: alias("CKV_GCP_86"),
  title: "Cloud Build workers have public addresses",
  severity: "medium",
  profile: "strict",
  on: "google_cloudbuild_worker_pool",
  at: "worker_config.no_external_ip",
  wanted: true,
  risk: "disruptive",
  like: ['name     = "p"', 'location = "europe-west1"'],
  why: "What a build fetches or sends passes the internet, past the network's firewall and logs. Private workers use the network's own ways out.",
  references: ["https://cloud.google.com/build/docs/private-pools/private-pools-overview"],
});
