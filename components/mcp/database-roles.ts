import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  ROLES_FOLDER,
  ROLES_SCRIPT,
  ROLES_SQL,
  contentHash,
  rolesScript,
  rolesSql,
} from "../../model/database-roles.ts";
import { readSecret } from "../../model/pod-identity.ts";
import { type Egress } from "../../model/pod-egress.ts";
import type { Tags } from "../../model/tags.ts";
import { PodIdentity } from "./pod-identity.ts";
import { MCP_POD, RESTRICTED_CONTAINER, onMcpNodes, serviceAccountFor, workloadLabels } from "./pod-defaults.ts";
import { TrafficPolicy } from "./traffic-policy.ts";

export interface DatabaseRolesArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly region: string;
  readonly namespace: pulumi.Input<string>;
  /** With `sh`, `aws`, `jq`, `psql` and AWS's certificates of RDS; by digest. */
  readonly image: string;
  readonly database: pulumi.Output<Database>;
  /** Of the roles, each once. */
  readonly users: readonly string[];
  /** Where the Job has to get to: names, credentials, Secrets Manager, the database. */
  readonly egress: pulumi.Input<readonly Egress[]>;
  readonly tags: Tags;
}

export interface Database {
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  /** `db-…`: another database needs the roles anew. */
  readonly resourceId: string;
  readonly masterSecretArn: string;
  readonly masterSecretKeyArn: string;
}

/** How often the Job tries again, and when it gives up: a node may have to be started first. */
const RETRIES = 4;
const DEADLINE_SECONDS = 900;

/**
 * The roles of servers in one database, made by a Job that alone may read the master's secret.
 *
 * Creates a service account with its Pod Identity, a traffic policy, the SQL in a ConfigMap, and the Job, both named by their content: another set of roles
 * makes a new Job, the same set none. The update fails visibly where the Job does, and the next one makes it again.
 */
export class DatabaseRoles extends pulumi.ComponentResource {
  readonly jobName: pulumi.Output<string>;

  constructor(name: string, args: DatabaseRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:DatabaseRoles", name, {}, opts);

    const labels = workloadLabels(name);
    const account = serviceAccountFor(name, args.namespace, this);
    const identity = this.#createIdentity(name, args, account);
    const traffic = new TrafficPolicy(
      name,
      { namespace: args.namespace, pods: labels, egress: args.egress, ingress: [] },
      { parent: this },
    );
    const files = this.#createFiles(name, args, labels);
    const job = this.#createJob(name, args, { labels, account, files, after: [identity, traffic] });

    this.jobName = job.metadata.name;
    this.registerOutputs({ jobName: this.jobName });
  }

  #createIdentity(name: string, args: DatabaseRolesArgs, account: k8s.core.v1.ServiceAccount): PodIdentity {
    const { region, database, tags } = args;
    return new PodIdentity(
      name,
      {
        clusterName: args.clusterName,
        namespace: args.namespace,
        serviceAccount: account.metadata.name,
        description: "Makes the roles of MCP servers in a database",
        statements: database.apply(({ masterSecretArn, masterSecretKeyArn }) =>
          readSecret({ region }, masterSecretArn, masterSecretKeyArn),
        ),
        tags,
      },
      { parent: this },
    );
  }

  #createFiles(name: string, args: DatabaseRolesArgs, labels: Record<string, string>): k8s.core.v1.ConfigMap {
    const data = args.database.apply(({ databaseName }) => ({
      [ROLES_SQL]: rolesSql(databaseName, args.users),
      [ROLES_SCRIPT]: rolesScript,
    }));
    return new k8s.core.v1.ConfigMap(
      name,
      { metadata: { name: nameByContent(name, args), namespace: args.namespace, labels }, immutable: true, data },
      { parent: this },
    );
  }

  #createJob(name: string, args: DatabaseRolesArgs, { labels, account, files, after }: JobParts): k8s.batch.v1.Job {
    const from = (key: keyof Database): pulumi.Output<string> =>
      args.database.apply((database) => String(database[key]));
    return new k8s.batch.v1.Job(
      name,
      {
        metadata: {
          name: nameByContent(name, args),
          namespace: args.namespace,
          labels,
          annotations: { "pulumi.com/replaceUnready": "true" },
        },
        spec: {
          backoffLimit: RETRIES,
          activeDeadlineSeconds: DEADLINE_SECONDS,
          template: {
            metadata: { labels },
            spec: {
              ...MCP_POD,
              ...onMcpNodes(),
              serviceAccountName: account.metadata.name,
              restartPolicy: "Never",
              volumes: [
                { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
                { name: "roles", configMap: { name: files.metadata.name } },
              ],
              containers: [
                {
                  ...RESTRICTED_CONTAINER,
                  name: "roles",
                  image: args.image,
                  command: ["sh", `${ROLES_FOLDER}/${ROLES_SCRIPT}`],
                  env: [
                    { name: "HOME", value: "/tmp" },
                    { name: "PGHOST", value: from("host") },
                    { name: "PGPORT", value: from("port") },
                    { name: "PGDATABASE", value: from("databaseName") },
                    { name: "MASTER_SECRET_ARN", value: from("masterSecretArn") },
                  ],
                  volumeMounts: [
                    { name: "tmp", mountPath: "/tmp" },
                    { name: "roles", mountPath: ROLES_FOLDER, readOnly: true },
                  ],
                  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
                },
              ],
            },
          },
        },
      },
      { parent: this, dependsOn: [...after] },
    );
  }
}

interface JobParts {
  readonly labels: Record<string, string>;
  readonly account: k8s.core.v1.ServiceAccount;
  readonly files: k8s.core.v1.ConfigMap;
  readonly after: readonly pulumi.Resource[];
}

/** A Job's pods are as it was made with, so anything else in it is another Job. */
const nameByContent = (name: string, { database, users, image }: DatabaseRolesArgs): pulumi.Output<string> =>
  database.apply(({ databaseName, host, port, resourceId, masterSecretArn }) => {
    const content = [
      rolesSql(databaseName, users),
      rolesScript,
      image,
      host,
      String(port),
      resourceId,
      masterSecretArn,
    ];
    return `${name}-${contentHash(...content)}`;
  });
