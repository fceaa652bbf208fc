// Proves that a handover's CloudFormation template, its steps in the console and the Pulumi component make the same things, and that CloudFormation's own
// linter has nothing against the template. That AWS makes them is not shown.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { templateText, requestFor } from "../../cli/handover.ts";
import { PrivateService } from "../../components/privatelink/private-service.ts";
import { consoleSteps } from "../../model/handover/console-steps.ts";
import { type HandoverRequest, describeService } from "../../model/handover/description.ts";
import { loadEnvironment } from "../../stacks/environment.ts";
import { recorder } from "../components/support/recorder.ts";
import { hasPython, lint } from "../support/cfn-lint.ts";
import { fromPulumi, fromSteps, fromTemplate, inOrder } from "./support/handover-readers.ts";

const plain: HandoverRequest = requestFor(loadEnvironment("demo", { secretsToCome: true }), "clickhouse", [
  "10.20.0.0/16",
]);
const REQUESTS: Readonly<Record<string, HandoverRequest>> = {
  "the demo's ClickHouse": plain,
  "one with further ports, its own health port and another service behind it": {
    ...plain,
    ports: {
      native: { port: 9440 },
      raw: { port: 9000, targetPort: 9009, healthCheck: { protocol: "HTTP", path: "/raw" } },
    },
    healthCheck: { protocol: "HTTP", path: "/ping", port: 8123 },
    guests: [
      {
        ...plain,
        service: "keeper",
        port: 9181,
        ports: {},
        healthCheck: { protocol: "TCP" },
        targetSecurityGroupId: "sg-0acedada0a9900001",
      },
    ],
    proxyProtocol: true,
    idleTimeoutSeconds: 900,
    deletionProtection: true,
  },
  "one with targets beyond the VPC that opens no group": {
    ...plain,
    targets: { type: "ip", addresses: ["10.20.0.21", "172.20.5.9"], port: 9443 },
    openTargetSecurityGroup: false,
    acceptanceRequired: false,
    inboundRulesOnPrivateLink: "off",
  },
  "one with a name of its own, for other regions": {
    ...plain,
    privateDns: { name: "clickhouse.acme.example" },
    supportedRegions: ["eu-west-1", "us-west-2"],
  },
  "one behind an application load balancer": {
    ...plain,
    targets: {
      type: "alb",
      loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/0123456789abcdef",
    },
    healthCheck: { protocol: "HTTPS", path: "/health" },
  },
};

describe("a handover", function () {
  this.timeout(180_000);

  for (const [what, request] of Object.entries(REQUESTS)) {
    const description = describeService(request);

    it(`of ${what} says the same in its template, in its steps, and as Pulumi does it`, async () => {
      const expected = inOrder(description);
      assert.deepEqual(inOrder(fromTemplate(templateText(description))), expected, "CloudFormation");
      assert.deepEqual(inOrder(fromSteps(consoleSteps(description))), expected, "console");
      await recorder.build(
        () =>
          new PrivateService(request.service, {
            ...request,
            privateDns: request.privateDns && { ...request.privateDns, recordPublished: false },
            subnets: request.subnetIds.map((id, index) => ({ id, azId: `use1-az${index + 1}` })),
          }),
      );
      assert.deepEqual(inOrder(fromPulumi(recorder.resources)), expected, "Pulumi");
    });

    it(`of ${what} passes CloudFormation's linter`, function () {
      if (!hasPython()) return this.skip();
      assert.equal(lint(templateText(description)), "");
    });
  }

  it("that is not what the template says is told by the linter: it is no linter that passes everything", function () {
    if (!hasPython()) return this.skip();
    const broken = templateText(describeService(plain)).replace("Scheme: internal", "Scheme: secret");
    assert.match(lint(broken), /E3030.*'secret' is not one of/);
  });

  it("names the services that there are for a key that is none", () => {
    assert.throws(
      () => requestFor(loadEnvironment("demo", { secretsToCome: true }), "nobody", []),
      /SERVICE: given "nobody"; allowed: a service of the environment: clickhouse, github/,
    );
  });

  it("is none where the load balancer stands already, be it taken over or the customer's own", () => {
    const demo = loadEnvironment("demo", { secretsToCome: true });
    const loadBalancerArn =
      "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/net/acme/0123456789abcdef";
    const withService = (change: (service: object) => object): typeof demo => ({
      ...demo,
      stacks: demo.stacks.map((stack) =>
        "services" in stack.config && "clickhouse" in stack.config.services
          ? {
              ...stack,
              config: { ...stack.config, services: { clickhouse: change(stack.config.services.clickhouse) } },
            }
          : stack,
      ) as typeof demo.stacks,
    });
    const own = { port: 8443, ports: {}, loadBalancerArn, acceptanceRequired: true, revoked: [] };
    for (const change of [(service: object) => ({ ...service, adopt: { loadBalancerArn } }), () => own])
      assert.throws(
        () => requestFor(withService(change), "clickhouse", []),
        /SERVICE: given "clickhouse", whose load balancer stands already/,
      );
  });

  it("has steps in the document's order, the first words of each title being its own", () => {
    const titles = [...consoleSteps(describeService(plain)).matchAll(/^## (Step \d+: .+)$/gm)].map(
      ([, title]) => title,
    );
    assert.deepEqual(titles, [
      "Step 1: Create a Security Group",
      "Step 2: Create Target Group corpai-clickhouse-tg",
      "Step 3: Create a Network Load Balancer",
      "Step 4: Create a VPC Endpoint Service",
      "Step 5: Open the targets to the load balancer",
    ]);
  });
});
