/** What a rule about a component's flags says, and the words that the tables are written in. */
import type { Category, Severity } from "../../../model/finding.ts";

export type Flags = ReadonlyMap<string, string>;

export interface FlagRule {
  readonly id: string;
  readonly alias: string;
  readonly component: string;
  readonly flags: readonly string[];
  readonly title: string;
  readonly severity?: Severity;
  readonly category?: Category;
  readonly profile?: "strict";
  readonly cis?: string;
  readonly why: string;
  readonly remedy: string;
  /** Rest of the sentence that begins with the component's name. */
  readonly message?: string;
  /** Whether a flag's value will do: undefined where it is not given, "" where it is given without a value. */
  holds(value: string | undefined, all: Flags): boolean;
  /** Command lines for the examples. */
  readonly bad: string;
  readonly good: string;
}

type Part = Omit<FlagRule, "component" | "alias">;

export const isGiven = (value: string | undefined): boolean => value !== undefined && value !== "";
export const isNotGiven = (value: string | undefined): boolean => value === undefined;
export const isTrue = (value: string | undefined): boolean => value === "true" || value === "";
export const isFalse = (value: string | undefined): boolean => value === "false";
export const isNotTrue = (value: string | undefined): boolean => !isTrue(value);
export const isNotFalse = (value: string | undefined): boolean => value !== "false";
export const atLeast =
  (least: number) =>
  (value: string | undefined): boolean =>
    isGiven(value) && Number(value) >= least;
export const listHas =
  (name: string) =>
  (value: string | undefined): boolean =>
    (value ?? "").split(",").includes(name);
export const listLacks =
  (name: string) =>
  (value: string | undefined): boolean =>
    !listHas(name)(value);

/** Suites that CIS 1.2.29 and 4.2.12 list, and those of TLS 1.3. */
const isStrong = (suite: string): boolean =>
  /^TLS_(?:ECDHE_(?:ECDSA|RSA)_WITH_(?:AES_(?:128|256)_GCM_SHA(?:256|384)|CHACHA20_POLY1305(?:_SHA256)?)|RSA_WITH_AES_(?:128|256)_GCM_SHA(?:256|384)|AES_(?:128|256)_GCM_SHA(?:256|384)|CHACHA20_POLY1305_SHA256)$/.test(
    suite,
  );
export const suitesAreStrong = (value: string | undefined): boolean =>
  value === undefined || (value !== "" && value.split(",").every((suite) => isStrong(suite.trim())));

export const gateIsNotOff =
  (gate: string) =>
  (value: string | undefined): boolean =>
    !(value ?? "").split(",").includes(`${gate}=false`);

const component =
  (name: string) =>
  (number: number, part: Part): FlagRule => ({ ...part, component: name, alias: `CKV_K8S_${number}` });

export const apiServer = component("kube-apiserver");
export const manager = component("kube-controller-manager");
export const scheduler = component("kube-scheduler");
export const etcd = component("etcd");
export const kubelet = component("kubelet");

// Reasons that several flags share.

export const PROFILING =
  "Profiling shows how a component works inside and costs it time. Nobody needs it open on a cluster in use.";
export const AUDIT =
  "Audit logs are what an incident is reconstructed from. What is thrown away too early is missing on that day.";
export const ACCESS =
  "Whoever reaches the component unidentified acts on the cluster. Every caller has to say who it is.";
export const TLS =
  "Without certificates, what the component says can be read and forged on the way. Secrets are part of it.";
export const CIPHERS =
  "Weak cipher suites can be broken or downgraded to. Clients of the last years all speak better ones.";
