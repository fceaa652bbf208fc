/** How environments are delivered, made without their programs. */
import { DeliveryAccess } from "../../../components/bootstrap/delivery-access.ts";
import { IdentityProvider } from "../../../components/bootstrap/identity-provider.ts";
import { DeploymentAgents } from "../../../components/delivery/deployment-agents.ts";
import { StackDelivery } from "../../../components/delivery/stack-delivery.ts";
import { StackPolicies } from "../../../components/delivery/stack-policies.ts";

const tags = { ManagedBy: "corpai-terraform" };
const cloud = { organization: "acme", project: "corpai" };

export const deliveryComponents: Record<string, (name: string) => unknown> = {
  IdentityProvider: (name) => new IdentityProvider(name, { issuer: "pulumi", organization: "acme", tags }),
  DeliveryAccess: (name) =>
    new DeliveryAccess(name, {
      ...cloud,
      account: "111122223333",
      environment: name,
      side: "corpai",
      repository: "acme/connect",
      stacks: ["network.prod"],
      stateBucket: undefined,
      assumes: [],
      tags,
    }),
  DeploymentAgents: (name) =>
    new DeploymentAgents(name, { organization: "acme", poolName: name, description: "Inside the VPC" }),
  StackDelivery: (name) =>
    new StackDelivery(name, {
      ...cloud,
      stack: "network.prod",
      repository: "acme/connect",
      branch: "main",
      paths: ["!docs/**"],
      roleArn: "arn:aws:iam::111122223333:role/corpai-prod-preview",
      executorImage: "pulumi/pulumi-nodejs-24:3.259.0",
      agentPoolId: undefined,
      driftSchedule: "0 5 * * *",
    }),
  StackPolicies: (name) =>
    new StackPolicies(name, {
      ...cloud,
      groupName: name,
      stacks: ["network.prod"],
      pack: { name: "corpai", version: "0.1.0" },
      configuration: { all: "mandatory" },
    }),
};
