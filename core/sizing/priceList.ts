/**
 * Documents of the AWS Price List Query API (GetProducts, format aws_v1): JSON text, one per product, with its attributes and
 * its on-demand price dimensions. Everything else of them (reserved terms, tax) is left alone.
 */
import type { Rates } from "./sizingData.ts";

export interface ListedPrice {
  readonly attributes: Readonly<Record<string, string>>;
  /** As AWS writes it: Hrs, GB-Mo, Lambda-GB-Second, Requests. */
  readonly unit: string;
  /** US dollars for one unit, in the first tier. */
  readonly usd: number;
}

/** What to ask for one rate, and how to know it in the answer. */
export interface RateQuery {
  readonly rate: keyof Rates;
  readonly serviceCode: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly isIt: (attributes: Readonly<Record<string, string>>) => boolean;
}

const emr = {
  serviceCode: "ElasticMapReduce",
  filters: { productFamily: "EMR Containers", operation: "StartJobRun" },
};
const s3 = { serviceCode: "AmazonS3" };

export const rateQueries: readonly RateQuery[] = [
  { rate: "emrVcpuHourUsd", ...emr, isIt: ({ usagetype = "" }) => usagetype.endsWith("EMR-EKS-EC2-vCPUHours") },
  { rate: "emrGbHourUsd", ...emr, isIt: ({ usagetype = "" }) => usagetype.endsWith("EMR-EKS-EC2-GBHours") },
  {
    rate: "eksClusterHourUsd",
    serviceCode: "AmazonEKS",
    filters: { locationType: "AWS Region" },
    isIt: ({ usagetype = "" }) => usagetype.endsWith("AmazonEKS-Hours:perCluster"),
  },
  {
    rate: "ebsGbMonthUsd",
    serviceCode: "AmazonEC2",
    filters: { productFamily: "Storage", volumeApiName: "gp3" },
    isIt: ({ usagetype = "" }) => usagetype.endsWith("VolumeUsage.gp3"),
  },
  {
    rate: "lambdaGbSecondUsd",
    serviceCode: "AWSLambda",
    filters: { group: "AWS-Lambda-Duration-ARM" },
    isIt: ({ usagetype = "" }) => usagetype.endsWith("Lambda-GB-Second-ARM"),
  },
  {
    rate: "lambdaRequestUsd",
    serviceCode: "AWSLambda",
    filters: { group: "AWS-Lambda-Requests-ARM" },
    isIt: ({ usagetype = "" }) => usagetype.endsWith("Request-ARM"),
  },
  {
    rate: "s3PutUsd",
    ...s3,
    filters: { group: "S3-API-Tier1" },
    isIt: ({ usagetype = "" }) => usagetype.endsWith("Requests-Tier1"),
  },
  {
    rate: "s3GetUsd",
    ...s3,
    filters: { group: "S3-API-Tier2" },
    isIt: ({ usagetype = "" }) => usagetype.endsWith("Requests-Tier2"),
  },
  {
    rate: "s3GbMonthUsd",
    ...s3,
    filters: { volumeType: "Standard", storageClass: "General Purpose" },
    isIt: ({ usagetype = "" }) => /(^|-)TimedStorage-ByteHrs$/.test(usagetype),
  },
];

/** Linux on shared hardware without software of others, not reserved: what a managed node group gets. */
export const instanceFilters: Readonly<Record<string, string>> = {
  operatingSystem: "Linux",
  tenancy: "Shared",
  preInstalledSw: "NA",
  capacitystatus: "Used",
  marketoption: "OnDemand",
};

/** Hourly on-demand prices by instance type. */
export function onDemandHourUsd(documents: readonly string[]): Record<string, number> {
  const prices = listedPrices(documents).filter(({ unit }) => unit === "Hrs");
  return Object.fromEntries(
    prices.flatMap(({ attributes, usd }) => (attributes["instanceType"] ? [[attributes["instanceType"], usd]] : [])),
  );
}

/** The rate's price, if the answer has it. */
export function rateUsd({ isIt }: RateQuery, documents: readonly string[]): number | undefined {
  return listedPrices(documents).find(({ attributes }) => isIt(attributes))?.usd;
}

/** Every product's on-demand price in US dollars; documents that are none, and prices of 0, are passed over. */
export function listedPrices(documents: readonly string[]): ListedPrice[] {
  return documents.flatMap((text) => {
    const { product, terms } = parsed(text);
    const dimensions = Object.values(terms?.OnDemand ?? {}).flatMap((term) =>
      Object.values(term.priceDimensions ?? {}),
    );
    const first = dimensions.find(({ beginRange = "0" }) => beginRange === "0");
    const usd = Number(first?.pricePerUnit?.["USD"]);
    return first && usd > 0 ? [{ attributes: product?.attributes ?? {}, unit: first.unit ?? "", usd }] : [];
  });
}

interface PriceDocument {
  readonly product?: { readonly attributes?: Readonly<Record<string, string>> };
  readonly terms?: { readonly OnDemand?: Readonly<Record<string, Term>> };
}

interface Term {
  readonly priceDimensions?: Readonly<Record<string, PriceDimension>>;
}

interface PriceDimension {
  readonly unit?: string;
  readonly beginRange?: string;
  readonly pricePerUnit?: Readonly<Record<string, string>>;
}

function parsed(text: string): PriceDocument {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
