import type { PolicyDocument, ResourcePolicyStatement } from "./iam-documents.ts";
import { policyOf } from "./iam-documents.ts";

/** Refuses whoever comes to the bucket without TLS; who may come at all, IAM decides. */
export const onlyByTls = (bucketName: string): PolicyDocument<ResourcePolicyStatement> =>
  policyOf([
    {
      Sid: "OnlyByTls",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
