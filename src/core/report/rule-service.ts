/** Which service a rule is about, from its id: the grouping of lists and of the rule reference. */
import { severityRank } from "../model/finding.ts";
import type { Rule } from "../rules/rule.ts";

export interface Service {
  /** As in ids and file names: "aws-security-group". */
  readonly key: string;
  /** For people: "AWS security groups". */
  readonly title: string;
}

export interface ServiceRules extends Service {
  /** The gravest first, then by id. */
  readonly rules: readonly Rule[];
}

interface Provider {
  readonly title: string;
  /** Services whose rules are many pages' worth of words: prefix of ids after the provider, to title. */
  readonly services?: { readonly [prefix: string]: string };
  /** Title of the one page where a provider's rules are not split by service. */
  readonly whole?: string;
}

const CONTROL_PLANE = "control plane";

/** Known prefixes are titles and joins alone: what is not in here is grouped by the first word after the provider. */
const PROVIDERS: { readonly [name: string]: Provider } = {
  aws: {
    title: "AWS",
    services: {
      "api-gateway": "API Gateway",
      cloudfront: "CloudFront",
      cloudtrail: "CloudTrail",
      cloudwatch: "CloudWatch",
      docdb: "DocumentDB",
      dynamodb: "DynamoDB",
      elasticache: "ElastiCache",
      elasticsearch: "Elasticsearch",
      eventbridge: "EventBridge",
      lambda: "Lambda",
      "launch-configuration": "launch configurations",
      "launch-template": "launch templates",
      "load-balancer": "load balancers",
      neptune: "Neptune",
      "network-acl": "network ACLs",
      opensearch: "OpenSearch",
      provider: "provider block",
      redshift: "Redshift",
      "secrets-manager": "Secrets Manager",
      "security-group": "security groups",
      subnet: "subnets",
    },
  },
  azure: {
    title: "Azure",
    services: {
      acr: "Container Registry",
      aks: "Kubernetes Service",
      "app-configuration": "App Configuration",
      "app-service": "App Service",
      "container-group": "container groups",
      "cosmos-db": "Cosmos DB",
      database: "database servers",
      "function-app": "function apps",
      "key-vault": "Key Vault",
      mariadb: "MariaDB",
      mssql: "SQL Server",
      mysql: "MySQL",
      nsg: "network security groups",
      postgresql: "PostgreSQL",
      "scale-set": "scale sets",
      "service-plan": "service plans",
      storage: "Storage",
      "web-app": "web apps",
      vm: "virtual machines",
      "windows-vm": "Windows virtual machines",
    },
  },
  google: {
    title: "Google Cloud",
    services: {
      bigquery: "BigQuery",
      compute: "Compute Engine",
      gke: "Kubernetes Engine",
      "cloud-run": "Cloud Run",
      "cloud-sql": "Cloud SQL",
      sql: "Cloud SQL",
      storage: "Cloud Storage",
    },
  },
  kubernetes: {
    title: "Kubernetes",
    whole: "workloads",
    services: {
      account: "accounts and roles",
      role: "accounts and roles",
      "api-server": CONTROL_PLANE,
      "controller-manager": CONTROL_PLANE,
      etcd: CONTROL_PLANE,
      kubelet: CONTROL_PLANE,
      scheduler: CONTROL_PLANE,
    },
  },
  docker: { title: "Dockerfile", whole: "" },
  workflow: { title: "GitHub Actions", whole: "workflows" },
};

export function serviceOf(id: string): Service {
  const [name = "", first = "", second = ""] = id.split("-");
  const provider = PROVIDERS[name];
  const { services = {}, whole } = provider ?? {};
  const prefix = [`${first}-${second}`, first].find((words) => Object.hasOwn(services, words));
  const given = prefix === undefined ? undefined : services[prefix];
  if (whole !== undefined) {
    const part = given ?? whole;
    const key = part === whole ? name : `${name}-${part.replaceAll(" ", "-")}`;
    return { key, title: `${provider?.title ?? name} ${part}`.trim() };
  }
  return {
    key: `${name}-${prefix ?? first}`,
    title: `${provider?.title ?? name} ${given ?? abbreviation(first)}`.trim(),
  };
}

const LETTERS = new Set(
  "acm alb ami cdn dax dlm dms dns ebs ec2 ecr ecs efs eip eks elb emr fsx gke glb iam ip kms mq msk mwaa nic nlb qldb rds s3 sns sql sqs ssl ssm vm vpc vpn waf xray".split(
    " ",
  ),
);

/** S3, KMS, EC2: services that have no title of their own go by their letters, other words by themselves. */
const abbreviation = (word: string): string => (LETTERS.has(word) ? word.toUpperCase() : word);

/** In the order of the services' keys. */
export function byService(rules: readonly Rule[]): readonly ServiceRules[] {
  const groups = new Map<string, { service: Service; rules: Rule[] }>();
  for (const rule of rules) {
    const service = serviceOf(rule.id);
    const group = groups.get(service.key);
    if (group) group.rules.push(rule);
    else groups.set(service.key, { service, rules: [rule] });
  }
  return [...groups.values()]
    .map(({ service, rules: own }) => ({ ...service, rules: own.sort(gravestFirst) }))
    .sort((a, b) => compare(a.key, b.key));
}

const gravestFirst = (a: Rule, b: Rule): number =>
  severityRank(b.severity) - severityRank(a.severity) || compare(a.id, b.id);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
