/**
 * What the clouds have retired, and when: one dated table. Rules are pure, so "today" is a date passed in; AS_OF is the
 * day on which the tables were last compared with the vendors' pages, and the default.
 */

/** ISO date. */
export const AS_OF = "2026-08-01";

type Table = { readonly [name: string]: string };

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html: deprecation dates. */
const LAMBDA_RUNTIMES: Table = {
  nodejs: "2016-10-31",
  "nodejs4.3": "2020-03-06",
  "nodejs4.3-edge": "2019-04-30",
  "nodejs6.10": "2019-08-12",
  "nodejs8.10": "2020-03-06",
  "nodejs10.x": "2021-07-30",
  "nodejs12.x": "2023-03-31",
  "nodejs14.x": "2023-12-04",
  "nodejs16.x": "2024-06-12",
  "nodejs18.x": "2025-09-01",
  "nodejs20.x": "2026-04-30",
  "nodejs22.x": "2027-04-30",
  "nodejs24.x": "2028-04-30",
  "python2.7": "2021-07-15",
  "python3.6": "2022-07-18",
  "python3.7": "2023-12-04",
  "python3.8": "2024-10-14",
  "python3.9": "2025-12-15",
  "python3.10": "2026-10-31",
  "python3.11": "2027-06-30",
  "python3.12": "2028-10-31",
  "python3.13": "2029-06-30",
  "python3.14": "2029-06-30",
  "ruby2.5": "2021-07-30",
  "ruby2.7": "2023-12-07",
  "ruby3.2": "2026-03-31",
  "ruby3.3": "2027-03-31",
  "ruby3.4": "2028-03-31",
  java8: "2024-01-08",
  "java8.al2": "2027-06-30",
  java11: "2027-06-30",
  java17: "2027-06-30",
  java21: "2029-06-30",
  java25: "2029-06-30",
  "dotnetcore1.0": "2019-06-27",
  "dotnetcore2.0": "2019-05-30",
  "dotnetcore2.1": "2022-01-05",
  "dotnetcore3.1": "2023-04-03",
  "dotnet5.0": "2022-05-10",
  dotnet6: "2024-12-20",
  dotnet7: "2024-05-14",
  dotnet8: "2026-11-10",
  dotnet10: "2028-11-14",
  "go1.x": "2024-01-08",
  provided: "2024-01-08",
  "provided.al2": "2026-07-31",
  "provided.al2023": "2029-06-30",
};

/** https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html: end of extended support. */
const EKS_VERSIONS: Table = {
  "1.21": "2023-02-15",
  "1.22": "2023-06-04",
  "1.23": "2024-10-11",
  "1.24": "2025-01-31",
  "1.25": "2025-05-01",
  "1.26": "2025-06-11",
  "1.27": "2025-07-24",
  "1.28": "2025-11-26",
  "1.29": "2026-03-23",
  "1.30": "2026-07-23",
  "1.31": "2026-11-26",
  "1.32": "2027-03-23",
  "1.33": "2027-07-29",
  "1.34": "2027-12-02",
};

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html: last day of the root's validity. */
const RDS_CERTIFICATES: Table = {
  "rds-ca-2010": "2015-04-03",
  "rds-ca-2015": "2020-03-05",
  "rds-ca-2019": "2024-08-22",
  "rds-ca-rsa2048-g1": "2061-05-22",
  "rds-ca-rsa4096-g1": "2121-05-22",
  "rds-ca-ecc384-g1": "2121-05-22",
};

/** https://devguide.python.org/versions/: end of life. */
const PYTHON_VERSIONS: Table = {
  "2.7": "2020-01-01",
  "3.4": "2019-03-18",
  "3.5": "2020-09-30",
  "3.6": "2021-12-23",
  "3.7": "2023-06-27",
  "3.8": "2024-10-07",
  "3.9": "2025-10-31",
  "3.10": "2026-10-31",
  "3.11": "2027-10-31",
  "3.12": "2028-10-31",
  "3.13": "2029-10-31",
  "3.14": "2030-10-31",
};

/** When a version of Python ("3.9") reaches its end. Undefined: not in the table. */
export const pythonEnds = (version: string): string | undefined => PYTHON_VERSIONS[version.trim()];

/** When a Lambda runtime was or will be deprecated. Undefined: not in the table (new, or misspelt). */
export const lambdaRuntimeRetired = (runtime: string): string | undefined => LAMBDA_RUNTIMES[runtime.toLowerCase()];

/** When a version of Kubernetes leaves extended support on EKS. Versions before the table's first left it before. */
export function eksVersionRetired(version: string): string | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  if (Number(major) === 1 && Number(minor) < 21) return "2022-11-01";
  return EKS_VERSIONS[`${Number(major)}.${Number(minor)}`];
}

/** Versions that EKS still supports at a date, oldest first. */
export const eksVersionsSupported = (asOf = AS_OF): readonly string[] =>
  Object.entries(EKS_VERSIONS)
    .filter(([, end]) => !isPast(end, asOf))
    .map(([version]) => version);

/** When an RDS certificate authority expires. Undefined: unknown to the table. */
export const rdsCertificateExpires = (identifier: string): string | undefined => RDS_CERTIFICATES[identifier];

/** Whether an ISO date lies before another. */
export const isPast = (date: string, asOf = AS_OF): boolean => date < asOf;
