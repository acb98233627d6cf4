/** asl-validator 4.0.0 comes without types. It writes the default QueryLanguage into the definition it is given. */
declare module "asl-validator" {
  export default function validate(definition: unknown): { isValid: boolean; errorsText: () => string };
}
