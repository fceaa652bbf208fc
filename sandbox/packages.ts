/** The packages whose plugins the sandbox stands in for. By itself, so that a client need not load every model to know them. */
export const PACKAGES = ["aws", "aws-native", "awsx", "eks", "kubernetes", "pulumiservice"] as const;
