/** What every flow of the document has. */
export interface Drawn {
  /** Lower-case letters, digits and hyphens. */
  readonly key: string;
  readonly says: string;
  /** Sections of the document that draw it. */
  readonly sections: readonly number[];
}

/** A flow that the document draws, though it never touches the network: one of AWS's services calls another. */
export interface ServiceSideFlow extends Drawn {
  /** Who does it in place of what the document shows. */
  readonly instead: string;
}

export const SERVICE_SIDE_FLOWS: readonly ServiceSideFlow[] = [
  {
    key: "client-agent",
    says: "a client calls the agent",
    sections: [5],
    instead: "AgentCore's public endpoint checks the token and hands the call to the runtime: nothing enters the VPC",
  },
  {
    key: "mcp-invocation",
    says: "the MCP runtime is given the agent's call",
    sections: [5],
    instead: "AgentCore hands it over inside its own network: the runtime's group needs no ingress",
  },
  {
    key: "gateway-lambda",
    says: "the gateway calls its function",
    sections: [5],
    instead: "AgentCore calls Lambda's API in the name of the gateway's role",
  },
  {
    key: "data-api-aurora",
    says: "the Data API connects to Aurora",
    sections: [5],
    instead: "RDS comes to the cluster by itself: Aurora's group needs no ingress",
  },
  {
    key: "token-cognito",
    says: "Cognito's token endpoint is called",
    sections: [7],
    instead:
      "AgentCore Identity calls it: the runtime has no way to the internet, and no endpoint leads to a token endpoint",
  },
  {
    key: "token-validation",
    says: "MCP runtime and gateway check tokens against Cognito's discovery document",
    sections: [7],
    instead: "AgentCore's authorizers fetch it",
  },
  {
    key: "flow-logs",
    says: "flow logs are written",
    sections: [8],
    instead: "the VPC itself delivers them, in the name of their role",
  },
  {
    key: "lambda-logs",
    says: "the gateway's function writes its logs",
    sections: [8],
    instead: "Lambda takes them from the function's output and delivers them",
  },
];
