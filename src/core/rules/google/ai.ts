/** Vertex AI, notebooks, Dialogflow, Document AI and TPUs. */
import { requireOneOf, requireSet } from "../checks.ts";
import { type Rule, rule } from "../rule.ts";
import { alias, block, example, ownKey, present, setting } from "../shapes.ts";
import { allOf, type Verdict } from "../verdict.ts";
import type { View } from "../view.ts";

const vertexKey = (id: string, checkov: string, on: string, what: string): Rule =>
  ownKey({
    id,
    aliases: alias(checkov),
    title: `${what} does not use a key of your own`,
    on,
    at: "encryption_spec.kms_key_name",
    like: ['region = "europe-west1"'],
    references: ["https://cloud.google.com/vertex-ai/docs/general/cmek"],
  });

export const datasetKey = vertexKey(
  "google-vertex-dataset-own-key",
  "CKV_GCP_92",
  "google_vertex_ai_dataset",
  "Vertex AI dataset",
);
export const metadataStoreKey = vertexKey(
  "google-vertex-metadata-store-own-key",
  "CKV_GCP_96",
  "google_vertex_ai_metadata_store",
  "Vertex AI metadata store",
);
export const endpointKey = vertexKey(
  "google-vertex-endpoint-own-key",
  "CKV2_GCP_24",
  "google_vertex_ai_endpoint",
  "Vertex AI endpoint",
);
export const featurestoreKey = vertexKey(
  "google-vertex-featurestore-own-key",
  "CKV2_GCP_25",
  "google_vertex_ai_featurestore",
  "Vertex AI feature store",
);
export const tensorboardKey = vertexKey(
  "google-vertex-tensorboard-own-key",
  "CKV2_GCP_26",
  "google_vertex_ai_tensorboard",
  "Vertex AI TensorBoard",
);

export const endpointPrivate = present({
  id: "google-vertex-endpoint-private",
  aliases: alias("CKV2_GCP_33"),
  title: "Vertex AI endpoint is public",
  severity: "medium",
  profile: "strict",
  on: "google_vertex_ai_endpoint",
  at: ["network", "private_service_connect_config.enable_private_service_connect"],
  such: "projects/1/global/networks/n",
  like: ['name = "e"', 'display_name = "e"', 'location = "europe-west1"'],
  why: "The model can be asked from the internet, and only IAM stands before it. Peered with a network, only that network reaches it.",
  references: ["https://cloud.google.com/vertex-ai/docs/predictions/using-private-endpoints"],
});

export const indexEndpointPrivate = setting({
  id: "google-vertex-index-endpoint-private",
  aliases: alias("CKV2_GCP_34"),
  title: "Vertex AI index endpoint is public",
  severity: "medium",
  profile: "strict",
  on: "google_vertex_ai_index_endpoint",
  at: "public_endpoint_enabled",
  wanted: false,
  absent: "pass",
  risk: "replaces",
  like: ['display_name = "e"', 'region = "europe-west1"'],
  why: "The index can be searched from the internet, and only IAM stands before it. Peered with a network, only that network reaches it.",
});

const NOTEBOOK = "google_notebooks_instance";
const NOTEBOOK_LINES = ['name         = "n"', 'location     = "europe-west1-b"', 'machine_type = "e2-medium"'];
const KEY = "projects/p/locations/l/keyRings/r/cryptoKeys/k";

/** A key is used only where the encryption says so. */
const cmek = (view: View, at: string): Verdict =>
  allOf([
    requireOneOf(view, `${at}disk_encryption`, ["CMEK"], { message: "The disk does not use a key of your own" }),
    requireSet(view, `${at}kms_key`, { message: "No key is named" }),
  ]);

const KEY_WHY =
  "The key that Google manages cannot be limited or withdrawn by you. With a key of your own you decide who may decrypt, and can stop it.";

export const notebookKey = rule({
  id: "google-notebook-own-key",
  aliases: alias("CKV2_GCP_21"),
  title: "Notebook does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: NOTEBOOK,
  why: KEY_WHY,
  remedy: 'Set disk_encryption = "CMEK" and kms_key.',
  references: ["https://cloud.google.com/vertex-ai/docs/workbench/user-managed/cmek"],
  check: (view) => cmek(view, ""),
  bad: [example(NOTEBOOK, ...NOTEBOOK_LINES), example(NOTEBOOK, ...NOTEBOOK_LINES, `kms_key = "${KEY}"`)],
  good: example(NOTEBOOK, ...NOTEBOOK_LINES, 'disk_encryption = "CMEK"', `kms_key         = "${KEY}"`),
});

export const notebookPrivate = setting({
  id: "google-notebook-public-address",
  aliases: alias("CKV_GCP_89"),
  title: "Notebook has a public address",
  severity: "medium",
  profile: "strict",
  on: NOTEBOOK,
  at: "no_public_ip",
  wanted: true,
  risk: "replaces",
  like: NOTEBOOK_LINES,
  why: "A notebook runs any code that is typed into it, and can be reached from the internet. The proxy serves one without a public address.",
});

const WORKBENCH = "google_workbench_instance";
const workbench = (...setup: readonly string[]): string =>
  example(
    WORKBENCH,
    'name     = "w"',
    'location = "europe-west1-b"',
    ...(setup.length > 0 ? [block("gce_setup", ...setup)] : []),
  );
const disk = (name: string, encryption: string, ...lines: readonly string[]): string =>
  block(name, `disk_encryption = "${encryption}"`, ...lines);

export const workbenchKey = rule({
  id: "google-workbench-own-key",
  aliases: alias("CKV2_GCP_27"),
  title: "Workbench does not use a key of your own",
  severity: "low",
  category: "security",
  profile: "strict",
  on: WORKBENCH,
  why: KEY_WHY,
  remedy: 'Set disk_encryption = "CMEK" and kms_key in boot_disk and data_disks.',
  references: ["https://cloud.google.com/vertex-ai/docs/workbench/instances/cmek"],
  check: (view) => {
    const data = view.blocks("gce_setup.data_disks").items.length > 0;
    return allOf([cmek(view, "gce_setup.boot_disk."), ...(data ? [cmek(view, "gce_setup.data_disks.")] : [])]);
  },
  bad: [
    workbench(),
    workbench(disk("boot_disk", "GMEK")),
    workbench(disk("boot_disk", "CMEK", `kms_key         = "${KEY}"`), disk("data_disks", "GMEK")),
  ],
  good: [workbench(disk("boot_disk", "CMEK", `kms_key         = "${KEY}"`))],
});

export const workbenchPrivate = setting({
  id: "google-workbench-public-address",
  aliases: alias("CKV2_GCP_28"),
  title: "Workbench has a public address",
  severity: "medium",
  profile: "strict",
  on: WORKBENCH,
  at: "gce_setup.disable_public_ip",
  wanted: true,
  risk: "replaces",
  like: ['name     = "w"', 'location = "europe-west1-b"'],
  why: "A notebook runs any code that is typed into it, and can be reached from the internet. The proxy serves one without a public address.",
});

const RUNTIME = "google_notebooks_runtime";
const MACHINE = "virtual_machine.virtual_machine_config";

export const runtimeKey = ownKey({
  id: "google-notebook-runtime-own-key",
  aliases: alias("CKV2_GCP_35"),
  title: "Notebook runtime does not use a key of your own",
  on: RUNTIME,
  at: `${MACHINE}.encryption_config.kms_key`,
  like: ['name = "r"', 'location = "europe-west1"'],
});

export const runtimePrivate = setting({
  id: "google-notebook-runtime-public-address",
  aliases: alias("CKV2_GCP_36"),
  title: "Notebook runtime has a public address",
  severity: "medium",
  profile: "strict",
  on: RUNTIME,
  at: `${MACHINE}.internal_ip_only`,
  wanted: true,
  risk: "replaces",
  like: ['name = "r"', 'location = "europe-west1"'],
  why: "A notebook runs any code that is typed into it, and can be reached from the internet. The proxy serves one without a public address.",
});

export const processorKey = ownKey({
  id: "google-document-ai-own-key",
  aliases: alias("CKV2_GCP_22"),
  title: "Document AI processor does not use a key of your own",
  on: "google_document_ai_processor",
  at: "kms_key_name",
  like: ['location     = "eu"', 'display_name = "p"', 'type         = "OCR_PROCESSOR"'],
});

export const warehouseKey = ownKey({
  id: "google-document-ai-warehouse-own-key",
  aliases: alias("CKV2_GCP_23"),
  title: "Document AI warehouse does not use a key of your own",
  on: "google_document_ai_warehouse_location",
  at: "kms_key",
  like: ['location = "eu"'],
});

const dialogflowLogging = (id: string, checkov: string, on: string, what: string, at: string, older?: string): Rule =>
  setting({
    id,
    aliases: alias(checkov),
    title: `${what} keeps no logs`,
    severity: "low",
    profile: "strict",
    on,
    at: older === undefined ? at : [at, older],
    wanted: true,
    risk: "in-place",
    like: ['display_name = "d"'],
    why: "What was said to whom cannot be read afterwards, and misuse goes unnoticed. Cloud Logging keeps it.",
    references: ["https://cloud.google.com/dialogflow/cx/docs/concept/logging"],
  });

export const agentLogging = dialogflowLogging(
  "google-dialogflow-agent-logging",
  "CKV2_GCP_29",
  "google_dialogflow_agent",
  "Dialogflow agent",
  "enable_logging",
);
export const cxAgentLogging = dialogflowLogging(
  "google-dialogflow-cx-agent-logging",
  "CKV2_GCP_30",
  "google_dialogflow_cx_agent",
  "Dialogflow CX agent",
  "enable_stackdriver_logging",
  "advanced_settings.logging_settings.enable_stackdriver_logging",
);
export const cxWebhookLogging = dialogflowLogging(
  "google-dialogflow-cx-webhook-logging",
  "CKV2_GCP_31",
  "google_dialogflow_cx_webhook",
  "Dialogflow CX webhook",
  "enable_stackdriver_logging",
);

export const tpuPrivate = setting({
  id: "google-tpu-public-address",
  aliases: alias("CKV2_GCP_32"),
  title: "TPU has a public address",
  severity: "medium",
  profile: "strict",
  on: "google_tpu_v2_vm",
  at: "network_config.enable_external_ips",
  wanted: false,
  risk: "replaces",
  like: ['name            = "t"', 'runtime_version = "tpu-vm-tf-2.13.0"'],
  why: "The machine can be reached from the internet, and only firewall rules stand before it. Cloud NAT and Identity-Aware Proxy serve machines without a public address.",
});
