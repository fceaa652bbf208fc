import { expects } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachStatement, isNarrowed, principalsOf, statementName } from "../reading/statements.ts";

const PERMISSION = "aws:lambda/permission:Permission";

/** By type, where the policy of what it is about stands. */
const POLICIES: Readonly<Record<string, string>> = {
  "aws:kms/key:Key": "policy",
  "aws:kms/keyPolicy:KeyPolicy": "policy",
  "aws:secretsmanager/secret:Secret": "policy",
  "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
  "aws:s3/bucketPolicy:BucketPolicy": "policy",
  "aws:s3/bucket:Bucket": "policy",
  "aws:sqs/queue:Queue": "policy",
  "aws:sqs/queuePolicy:QueuePolicy": "policy",
  "aws:sns/topic:Topic": "policy",
  "aws:sns/topicPolicy:TopicPolicy": "policy",
  "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
  "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
  "aws:vpclattice/authPolicy:AuthPolicy": "policy",
  "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
  "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": "policy",
};

export const resourcePoliciesScoped = rule({
  name: "resource-policies-scoped",
  title: "Resource policies name who may come",
  says: "A policy of a key, secret, bucket, queue, topic, repository or function admits nobody without a name.",
  why: "A resource policy that admits everybody is a way in that no network and no role sees.",
  severity: "critical",
  set: "baseline",
  topics: ["identity", "exposure"],
  references: [...securityHub("KMS.5", "Lambda.1", "SNS.4", "SQS.3"), ...nist("AC-3", "AC-6")],
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_identity-vs-resource.html",
  fix: "Name accounts, roles or services, or narrow the statement to your organization or VPC endpoint by a condition.",
  types: new Set([...Object.keys(POLICIES), PERMISSION]),

  *resource(subject) {
    if (subject.type === PERMISSION) {
      if (["sourceArn", "sourceAccount", "principalOrgId"].some((key) => subject.read(key).is !== "absent")) return;
      yield* expects(subject.text("principal"), '"principal"', (principal) => principal !== "*", {
        wrong: "lets everybody call the function",
      });
      return;
    }
    yield* eachStatement(subject, POLICIES[subject.type] ?? "policy", function* (statement) {
      const { anybody, unknown } = principalsOf(statement);
      const narrowed = isNarrowed(statement);
      const name = statementName(statement);
      if (narrowed === true) return;
      if (unknown) yield undecided(`whom ${name} of its policy admits is not known yet`);
      else if (anybody && narrowed === "unknown")
        yield undecided(`the conditions of ${name}, which admits everybody, are not known yet`);
      else if (anybody) yield violation(`${name} of its policy admits everybody`);
    });
  },
});
