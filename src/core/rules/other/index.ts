/** Rules for the smaller providers, all opt-in. A provider's file exports its rules and nothing else. */
import type { Rule } from "../rule.ts";
import * as alicloud from "./alicloud.ts";
import * as alicloudDatabases from "./alicloud-databases.ts";
import * as alicloudPasswords from "./alicloud-passwords.ts";
import * as alicloudServices from "./alicloud-services.ts";
import * as codeHosting from "./code-hosting.ts";
import * as credentials from "./credentials.ts";
import * as hosting from "./hosting.ts";
import * as ibm from "./ibm.ts";
import * as ncloud from "./ncloud.ts";
import * as ncloudNetwork from "./ncloud-network.ts";
import * as oci from "./oci.ts";
import * as ociNetwork from "./oci-network.ts";
import * as openstack from "./openstack.ts";
import * as panos from "./panos.ts";
import * as tencent from "./tencent.ts";
import * as yandex from "./yandex.ts";
import * as yandexCompute from "./yandex-compute.ts";

type Provider = { readonly [name: string]: Rule };

const PROVIDERS: readonly Provider[] = [
  alicloud,
  alicloudDatabases,
  alicloudPasswords,
  alicloudServices,
  codeHosting,
  credentials,
  hosting,
  ibm,
  ncloud,
  ncloudNetwork,
  oci,
  ociNetwork,
  openstack,
  panos,
  tencent,
  yandex,
  yandexCompute,
];

export const otherRules: readonly Rule[] = PROVIDERS.flatMap((provider) => Object.values(provider));
