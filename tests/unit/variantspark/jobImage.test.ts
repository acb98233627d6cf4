import { describe, expect, test } from "vitest";
import { enginePlace, pinnedImage } from "../../../core/variantspark/jobImage.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/variantspark-job@${digest}`;

describe("VariantSpark starts", () => {
  test("from the image where there is one: nothing is fetched", () => {
    expect(enginePlace(image, "assets")).toEqual({ image, jarUri: "local:///usr/lib/variantspark/variantspark.jar" });
  });

  test("from the assets bucket otherwise, in EMR's own image", () => {
    expect(enginePlace(undefined, "assets")).toEqual({ jarUri: "s3://assets/engine/variantspark.jar" });
  });
});

describe("a job image", () => {
  test("is taken by its digest", () => {
    expect(pinnedImage(image)).toBe(image);
  });

  test.each([
    "",
    "variantspark-job",
    "variantspark-job:latest",
    `variantspark-job@${digest.slice(0, -1)}`,
    `variantspark-job@${digest.toUpperCase()}`,
    `${image} --conf spark.driver.extraJavaOptions=-Dx`,
    `x\n${image}`,
    `@${digest}`,
  ])("is refused as %j", (given) => {
    expect(() => pinnedImage(given)).toThrow(/has to be named by its digest/);
  });
});
