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
  /** Prefix of ids after the provider, to title. Those of one title share a page. */
  readonly services?: { readonly [prefix: string]: string };
  /** Title of the page for what has no service of its own; absent: the first word after the provider is the service. */
  readonly whole?: string;
}

const CONTROL_PLANE = "control plane";
const ACCOUNTS = "accounts and roles";

const PROVIDERS: { readonly [name: string]: Provider } = {
  aws: {
    title: "AWS",
    services: {
      "api-gateway": "API Gateway",
      appflow: "AppFlow",
      appsync: "AppSync",
      autoscaling: "Auto Scaling",
      beanstalk: "Elastic Beanstalk",
      cloudformation: "CloudFormation",
      cloudfront: "CloudFront",
      cloudsearch: "CloudSearch",
      cloudtrail: "CloudTrail",
      cloudwatch: "CloudWatch",
      codeartifact: "CodeArtifact",
      codebuild: "CodeBuild",
      codecommit: "CodeCommit",
      codeguru: "CodeGuru",
      codepipeline: "CodePipeline",
      datasync: "DataSync",
      docdb: "DocumentDB",
      dynamodb: "DynamoDB",
      eip: "elastic IP addresses",
      elasticache: "ElastiCache",
      fsx: "FSx",
      "global-accelerator": "Global Accelerator",
      guardduty: "GuardDuty",
      imagebuilder: "Image Builder",
      "launch-configuration": "launch configurations",
      "launch-template": "launch templates",
      lb: "load balancers",
      "log-group": "CloudWatch log groups",
      memorydb: "MemoryDB",
      "network-acl": "network ACLs",
      "network-firewall": "Network Firewall",
      opensearch: "OpenSearch",
      provider: "provider block",
      route: "route tables",
      route53: "Route 53",
      sagemaker: "SageMaker",
      "secrets-manager": "Secrets Manager",
      "security-group": "security groups",
      "step-functions": "Step Functions",
      subnet: "subnets",
      transfer: "Transfer Family",
      "transit-gateway": "Transit Gateway",
      workspaces: "WorkSpaces",
    },
  },
  azure: {
    title: "Azure",
    services: {
      acr: "Container Registry",
      "activity-log": "activity log",
      aks: "Kubernetes Service",
      "api-management": "API Management",
      app: "App Service",
      "app-configuration": "App Configuration",
      "app-service": "App Service",
      "application-gateway": "Application Gateway",
      cognitive: "AI services",
      "container-group": "container groups",
      cosmos: "Cosmos DB",
      "data-explorer": "Data Explorer",
      "data-factory": "Data Factory",
      "data-lake": "Data Lake",
      database: "database servers",
      disk: "managed disks",
      "event-grid": "Event Grid",
      "event-hubs": "Event Hubs",
      "flow-log": "flow logs",
      "front-door": "Front Door",
      "function-app": "function apps",
      "iot-hub": "IoT Hub",
      "key-vault": "Key Vault",
      "linux-vm": "virtual machines",
      "machine-learning": "Machine Learning",
      mariadb: "MariaDB",
      mssql: "SQL Server",
      mysql: "MySQL",
      nic: "network interfaces",
      nsg: "network security groups",
      openai: "OpenAI",
      postgresql: "PostgreSQL",
      "recovery-vault": "Recovery Services",
      role: "roles",
      "scale-set": "scale sets",
      search: "AI Search",
      "security-contact": "security contacts",
      "service-bus": "Service Bus",
      "service-fabric": "Service Fabric",
      "service-plan": "service plans",
      signalr: "SignalR",
      spring: "Spring Apps",
      sql: "SQL Server",
      subnet: "subnets",
      "virtual-network": "virtual networks",
      vm: "virtual machines",
      waf: "web application firewall",
      "web-app": "web apps",
      "web-pubsub": "Web PubSub",
      "windows-vm": "virtual machines",
    },
  },
  google: {
    title: "Google",
    services: {
      armor: "Cloud Armor",
      "artifact-registry": "Artifact Registry",
      bigquery: "BigQuery",
      "cloud-build": "Cloud Build",
      "cloud-run": "Cloud Run",
      compute: "Compute Engine",
      "container-registry": "Container Registry",
      "data-fusion": "Data Fusion",
      "document-ai": "Document AI",
      firewall: "firewalls",
      folder: "folders",
      forwarding: "load balancing",
      function: "Cloud Functions",
      gke: "Kubernetes Engine",
      "global-forwarding": "load balancing",
      network: "networks",
      "network-firewall": "firewalls",
      notebook: "notebooks",
      organization: "organisations",
      project: "projects",
      pubsub: "Pub/Sub",
      redis: "Memorystore",
      "service-account": "service accounts",
      sql: "Cloud SQL",
      "ssl-policy": "load balancing",
      storage: "Cloud Storage",
      subnetwork: "subnetworks",
      vertex: "Vertex AI",
      "workload-identity": "workload identity",
    },
  },
  alicloud: { title: "Alibaba Cloud", whole: "" },
  digitalocean: { title: "DigitalOcean", whole: "" },
  github: { title: "GitHub", whole: "settings" },
  gitlab: { title: "GitLab", whole: "settings" },
  ibm: { title: "IBM Cloud", whole: "" },
  linode: { title: "Linode", whole: "" },
  ncloud: { title: "Naver Cloud", whole: "" },
  oci: { title: "Oracle Cloud", whole: "" },
  openstack: { title: "OpenStack", whole: "" },
  panos: { title: "PAN-OS", whole: "" },
  tencent: { title: "Tencent Cloud", whole: "" },
  yandex: { title: "Yandex Cloud", whole: "" },
  kubernetes: {
    title: "Kubernetes",
    whole: "workloads",
    services: {
      account: ACCOUNTS,
      role: ACCOUNTS,
      "api-server": CONTROL_PLANE,
      "controller-manager": CONTROL_PLANE,
      etcd: CONTROL_PLANE,
      kubelet: CONTROL_PLANE,
      scheduler: CONTROL_PLANE,
    },
  },
  docker: { title: "Dockerfile", whole: "" },
  workflow: { title: "GitHub Actions", whole: "workflows" },
  terraform: { title: "Terraform", whole: "modules" },
};

/** Providers that Draco knows one or two things about. */
const OTHERS: Service = { key: "other-providers", title: "Other providers" };

export function serviceOf(id: string): Service {
  const [name = "", first = "", second = ""] = id.split("-");
  const provider = PROVIDERS[name];
  if (!provider) return OTHERS;
  const { title, services = {}, whole } = provider;
  const prefix = [`${first}-${second}`, first].find((words) => Object.hasOwn(services, words));
  const named = prefix === undefined ? undefined : services[prefix];
  const service = named ?? whole ?? spelled(first);
  if (service === whole) return { key: name, title: `${title} ${whole}`.trim() };
  const sharing = Object.keys(services).find((other) => services[other] === named);
  const key = whole === undefined ? (sharing ?? first) : service.replaceAll(" ", "-");
  return { key: `${name}-${key}`, title: `${title} ${service}` };
}

const LETTERS = new Set(
  "acm alb ami cdn dax dlm dms dns ebs ec2 ecr ecs efs eks elb emr iam kms mq msk mwaa qldb rds s3 ses sns sqs ssm tpu vpc waf".split(
    " ",
  ),
);

/** Services that have no title of their own: KMS, EC2, Athena. */
const spelled = (word: string): string =>
  LETTERS.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);

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
