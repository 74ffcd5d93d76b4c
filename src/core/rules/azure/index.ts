/** Every rule for Azure. A service's file exports its rules and nothing else, so that adding one touches one file. */
import type { Rule } from "../rule.ts";
import * as apiManagement from "./api-management.ts";
import * as appLogging from "./app-logging.ts";
import * as appService from "./app-service.ts";
import * as applicationGateway from "./application-gateway.ts";
import * as automation from "./automation.ts";
import * as container from "./container.ts";
import * as customerKeys from "./customer-keys.ts";
import * as dataStore from "./data-store.ts";
import * as databaseProtection from "./database-protection.ts";
import * as databaseServer from "./database-server.ts";
import * as defender from "./defender.ts";
import * as disk from "./disk.ts";
import * as federation from "./federation.ts";
import * as firewall from "./firewall.ts";
import * as frontDoor from "./front-door.ts";
import * as functionApp from "./function-app.ts";
import * as keyVault from "./key-vault.ts";
import * as kubernetesCluster from "./kubernetes-cluster.ts";
import * as kubernetesOperations from "./kubernetes-operations.ts";
import * as machineLearning from "./machine-learning.ts";
import * as messaging from "./messaging.ts";
import * as network from "./network.ts";
import * as networkSecurityGroup from "./network-security-group.ts";
import * as platform from "./platform.ts";
import * as privateEndpoint from "./private-endpoint.ts";
import * as registryOperations from "./registry-operations.ts";
import * as search from "./search.ts";
import * as serviceTier from "./service-tier.ts";
import * as spring from "./spring.ts";
import * as sqlAlerts from "./sql-alerts.ts";
import * as sqlAssessment from "./sql-assessment.ts";
import * as sqlServer from "./sql-server.ts";
import * as storage from "./storage.ts";
import * as storageProtection from "./storage-protection.ts";
import * as synapse from "./synapse.ts";
import * as synapseWatch from "./synapse-watch.ts";
import * as virtualMachine from "./virtual-machine.ts";
import * as webApp from "./web-app.ts";

type Service = { readonly [name: string]: Rule };

const SERVICES: readonly Service[] = [
  apiManagement,
  appLogging,
  appService,
  applicationGateway,
  automation,
  container,
  customerKeys,
  dataStore,
  databaseProtection,
  databaseServer,
  defender,
  disk,
  federation,
  firewall,
  frontDoor,
  functionApp,
  keyVault,
  kubernetesCluster,
  kubernetesOperations,
  machineLearning,
  messaging,
  network,
  networkSecurityGroup,
  platform,
  privateEndpoint,
  registryOperations,
  search,
  serviceTier,
  spring,
  sqlAlerts,
  sqlAssessment,
  sqlServer,
  storage,
  storageProtection,
  synapse,
  synapseWatch,
  virtualMachine,
  webApp,
];

export const azureRules: readonly Rule[] = SERVICES.flatMap((service) => Object.values(service));
