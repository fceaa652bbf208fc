// Proves, in the sandbox's IAM, who may assume the roles that bootstrap makes and who may not, what a customer's role for merges may do, and what no role of
// the two may. By the committed files of the demo; no engine takes part. That AWS and the issuers do the same is not shown.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type Token, whyTokenDenied } from "../../sandbox/aws/identity-providers.ts";
import { whyDenied } from "../../sandbox/aws/policies.ts";
import type { World } from "../../sandbox/world.ts";
import bootstrap from "../../stacks/bootstrap/index.ts";
import type { BootstrapOutputs } from "../../stacks/bootstrap/index.ts";
import customerAccess from "../../stacks/customer-access/index.ts";
import customerServices from "../../stacks/customer-services/index.ts";
import { type Actor, DATA, actor, demoWorld } from "../sandbox/support/world.ts";
import { deploy } from "./support/deployed.ts";
import { buildInWorld } from "./support/in-world.ts";
import { restore, runProgram } from "./support/program.ts";

after(restore);

const GITHUB = "token.actions.githubusercontent.com";
const PULUMI = "api.pulumi.com/oidc";
const workflow = (sub: string, aud = "sts.amazonaws.com"): Token => ({ issuer: GITHUB, aud, sub });
const deployment = (
  stack: string,
  { organization = "acme", project = "corpai", operation = "preview" } = {},
): Token => ({
  issuer: PULUMI,
  aud: organization,
  sub: `pulumi:deploy:org:${organization}:project:${project}:stack:${stack}:operation:${operation}:scope:write`,
});

describe("the roles of workflows and deployments", () => {
  let world: World;
  let roles: Required<Pick<BootstrapOutputs, "previewRoleArn" | "deployRoleArn">>;
  before(async () => {
    world = demoWorld();
    const { outputs } = await buildInWorld<BootstrapOutputs>("bootstrap.demo", bootstrap, actor(world, DATA));
    const { previewRoleArn = "", deployRoleArn = "" } = outputs;
    roles = { previewRoleArn, deployRoleArn };
  });
  const preview = (token: Token): string | undefined => whyTokenDenied(world, roles.previewRoleArn, token);
  const deploy = (token: Token): string | undefined => whyTokenDenied(world, roles.deployRoleArn, token);

  it("are named by environment, so that settings and workflows know them before they are made", () => {
    assert.deepEqual(roles, {
      previewRoleArn: `arn:aws:iam::${DATA}:role/corpai-demo-preview`,
      deployRoleArn: `arn:aws:iam::${DATA}:role/corpai-demo-deploy`,
    });
  });

  it("are for the repository's jobs in the GitHub environment of each, and in no other", () => {
    assert.equal(preview(workflow("repo:acme/connect:environment:preview-demo")), undefined);
    assert.equal(deploy(workflow("repo:acme/connect:environment:demo")), undefined);
    for (const sub of [
      "repo:acme/connect:environment:demo",
      "repo:acme/connect:environment:preview-prod",
      "repo:acme/connect:environment:fork",
      "repo:acme/connect:pull_request",
      "repo:acme/connect:ref:refs/heads/main",
      "repo:mallory/connect:environment:preview-demo",
      "repo:acme/connect-2:environment:preview-demo",
    ])
      assert.match(preview(workflow(sub)) ?? "", /^AccessDenied/, sub);
    for (const sub of [
      "repo:acme/connect:environment:preview-demo",
      "repo:acme/connect:pull_request",
      "repo:acme/connect:ref:refs/heads/main",
      "repo:mallory/connect:environment:demo",
    ])
      assert.match(deploy(workflow(sub)) ?? "", /^AccessDenied/, sub);
  });

  it("take no token that was made for somebody else", () => {
    const subject = "repo:acme/connect:environment:demo";
    assert.match(deploy(workflow(subject, "https://github.com/acme")) ?? "", /Incorrect token audience/);
    assert.match(deploy({ ...workflow(subject), issuer: "evil.example" }) ?? "", /No OpenIDConnect provider found/);
  });

  it("are for deployments of the environment's stacks in the account, to read and for nothing else", () => {
    for (const operation of ["preview", "refresh", "update", "detect-drift"]) {
      assert.equal(preview(deployment("network.demo", { operation })), undefined);
      assert.match(deploy(deployment("network.demo", { operation })) ?? "", /^AccessDenied/);
    }
    for (const token of [
      deployment("network.prod"),
      deployment("network.demo2"),
      deployment("customer-services.demo.tools"),
      deployment("delivery.demo"),
      deployment("network.demo", { project: "other" }),
    ])
      assert.match(preview(token) ?? "", /^AccessDenied/, token.sub);
    assert.match(preview(deployment("network.demo", { organization: "globex" })) ?? "", /Incorrect token audience/);
  });

  it("change neither each other nor whose tokens they take, and read no data", () => {
    const attempts: readonly [role: string, action: string, arn: string][] = [
      ["corpai-demo-deploy", "iam:UpdateAssumeRolePolicy", roles.deployRoleArn],
      ["corpai-demo-deploy", "iam:AttachRolePolicy", roles.previewRoleArn],
      ["corpai-demo-deploy", "iam:CreateOpenIDConnectProvider", `arn:aws:iam::${DATA}:oidc-provider/${GITHUB}`],
      ["corpai-demo-preview", "s3:GetObject", "arn:aws:s3:::acme-invoices/2026.csv"],
      ["corpai-demo-preview", "dynamodb:Query", `arn:aws:dynamodb:us-east-1:${DATA}:table/customers`],
      ["corpai-demo-preview", "secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${DATA}:secret:db`],
    ];
    for (const [role, action, arn] of attempts)
      assert.match(
        whyDenied(world, { account: DATA, role }, { action, arn, keys: {} }) ?? "",
        /an explicit deny/,
        action,
      );
  });

  it("read the environment's states, and none but that for merges writes them", () => {
    const object = "arn:aws:s3:::acme-corpai-demo-state/.pulumi/stacks/corpai/network.demo.json";
    const may = (role: string, action: string): boolean =>
      whyDenied(world, { account: DATA, role }, { action, arn: object, keys: {} }) === undefined;
    assert.ok(may("corpai-demo-preview", "s3:GetObject") && may("corpai-demo-deploy", "s3:PutObject"));
    // Whatever ReadOnlyAccess says, whose text the sandbox does not have: it reads.
    assert.throws(() => may("corpai-demo-preview", "s3:PutObject"), /does not have the text of .*ReadOnlyAccess/);
  });
});

describe("a customer's role for merges", () => {
  let role: Actor;
  before(async () => {
    const world = demoWorld();
    // In the account of the demo that has both a service to offer and CorpAI's role.
    const change = (config: Record<string, unknown>): void => {
      config["aws:allowedAccountIds"] = [DATA];
    };
    await buildInWorld("bootstrap.demo.tools", bootstrap, actor(world, DATA), { change });
    role = actor(world, DATA, { role: "corpai-demo-deploy" });
  });

  it("brings up the customer's services, by what is written out in its policy", async () => {
    const { made } = await deploy("customer-services.demo.data", {
      as: role,
      program: customerServices,
      change: (config) => (config["corpai:notifications"] = { emails: ["network@acme.example"] }),
    });
    made("aws:ec2/vpcEndpointService:VpcEndpointService", "clickhouse-endpoint-service");
    made("aws:sns/topicSubscription:TopicSubscription", "connections-network@acme.example");
  });

  it("attaches the policies of CorpAI's access, and no others", async () => {
    const { resources } = await buildInWorld("customer-access.demo.data", customerAccess, role);
    assert.equal(resources.length, 4);
    assert.throws(
      () =>
        role.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
          role: "corpai-cross-account-access",
          policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      /not authorized to perform: iam:AttachRolePolicy/,
    );
  });

  it("makes no roles, and nothing beside what its programs make", () => {
    const assumeRolePolicy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${DATA}:root` } }],
    });
    assert.throws(
      () => role.make("aws:iam/role:Role", { name: "another", assumeRolePolicy }),
      /not authorized to perform: iam:CreateRole/,
    );
    assert.throws(() => role.make("aws:s3/bucket:Bucket", { bucket: "another-bucket" }), /s3:CreateBucket/);
  });
});

describe("bootstrap refuses before anything is created", () => {
  const provider = (as: Actor, name: string, clientIdLists = ["sts.amazonaws.com"]): void => {
    as.make("aws:iam/openIdConnectProvider:OpenIdConnectProvider", {
      url: `https://${GITHUB}`,
      clientIdLists,
      tags: { Name: name },
    });
  };
  async function refusal(as: Actor, identityProviders: string): Promise<string | undefined> {
    const change = (config: Record<string, unknown>): void => {
      config["corpai:identityProviders"] = identityProviders;
      delete config["corpai:organization"];
    };
    const { refusal: said, resources } = await runProgram("bootstrap.demo", { as, program: bootstrap, change });
    await restore();
    if (said !== undefined) assert.deepEqual(resources, []);
    return said;
  }

  it("a second provider of identities where the account has one", async () => {
    const as = actor(demoWorld(), DATA);
    provider(as, "somebody-else's");
    assert.match(
      (await refusal(as, "own")) ?? "",
      /bootstrap\.demo: corpai:identityProviders: given "own", in an account that has one of token\.actions.*Say "existing"/,
    );
  });

  it("none but its own, which is changed", async () => {
    const as = actor(demoWorld(), DATA);
    provider(as, "corpai-demo-github");
    assert.equal(await refusal(as, "own"), undefined);
  });

  it("an existing one that is none, or takes no tokens for STS", async () => {
    assert.match((await refusal(actor(demoWorld(), DATA), "existing")) ?? "", /an account that has none of.*Say "own"/);
    const as = actor(demoWorld(), DATA);
    provider(as, "somebody-else's", ["another"]);
    assert.match((await refusal(as, "existing")) ?? "", /takes no tokens for "sts\.amazonaws\.com".*add-client-id/);
  });

  it("nothing where the existing one is as it has to be", async () => {
    const as = actor(demoWorld(), DATA);
    provider(as, "somebody-else's");
    assert.equal(await refusal(as, "existing"), undefined);
  });
});
