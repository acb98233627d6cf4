/** CloudFormation's short forms in YAML become their long ones: "!Ref X" is { Ref: "X" }, "!Sub X" is { "Fn::Sub": "X" }. */
import { type CollectionTag, Pair, type ScalarTag, YAMLMap, type YAMLSeq } from "yaml";

const names = ["Ref", "Condition", "GetAtt", "Sub", "If", "Not", "Equals", "Join", "Select", "Split", "Cidr"];

export const shortForms: (ScalarTag | CollectionTag)[] = names.flatMap((name) => {
  const tag = `!${name}`;
  const longForm = ["Ref", "Condition"].includes(name) ? name : `Fn::${name}`;
  return [
    { tag, resolve: (text: string) => ({ [longForm]: text }) },
    {
      tag,
      collection: "seq" as const,
      resolve: (operands: YAMLMap.Parsed | YAMLSeq.Parsed) => {
        const map = new YAMLMap();
        map.items.push(new Pair(longForm, operands));
        return map;
      },
    },
  ];
});
