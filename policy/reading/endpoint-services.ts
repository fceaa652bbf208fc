export const ENDPOINT_SERVICE_TYPE = "aws:ec2/vpcEndpointService:VpcEndpointService";
/** The SDK's spelling. */
export const ALLOWED_PRINCIPAL_TYPE = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple";

const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(root|role\/[^*?]+|user\/[^*?]+)$/;

/** Whether a principal names one account, role or user, and nobody besides. */
export const namesOne = (principal: string): boolean => PRINCIPAL.test(principal);
