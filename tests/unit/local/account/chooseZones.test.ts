import { expect, test } from "vitest";
import { chooseZones } from "../../../../local/account/chooseZones.ts";

const zone = (name: string, id: string) => ({ name, id });

test("the first three by name, without those in which EKS places no control plane", () => {
  const zones = [
    zone("us-east-1d", "use1-az6"),
    zone("us-east-1a", "use1-az3"),
    zone("us-east-1f", "use1-az5"),
    zone("us-east-1c", "use1-az2"),
    zone("us-east-1b", "use1-az1"),
  ];
  expect(chooseZones(zones)).toEqual(["us-east-1b", "us-east-1c", "us-east-1d"]);
});

test("two where the region has no more", () => {
  const zones = [zone("us-west-1a", "usw1-az3"), zone("us-west-1b", "usw1-az2"), zone("us-west-1c", "usw1-az1")];
  expect(chooseZones(zones)).toEqual(["us-west-1a", "us-west-1c"]);
});

test("one is too few", () => {
  expect(() => chooseZones([zone("us-west-1a", "usw1-az3"), zone("us-west-1b", "usw1-az2")])).toThrow("offers 1");
});
