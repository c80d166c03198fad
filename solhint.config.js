// solhint's recommended rules, all of them errors; each exception gives its reason.
const recommended = require("solhint/conf/rulesets/solhint-recommended").rules;

const errors = Object.entries(recommended).map(([rule, setting]) => [
  rule,
  Array.isArray(setting) ? ["error", ...setting.slice(1)] : "error",
]);

module.exports = {
  rules: {
    ...Object.fromEntries(errors),
    "compiler-version": ["error", "0.8.30"],
    // Parameters are named to be read; a sentence of @notice says more than a @param for each.
    "use-natspec": "off",
    // Immutables have getters, which are functions: governor(), not GOVERNOR().
    "immutable-vars-naming": ["error", { immutablesAsConstants: false }],
    // A limit is part of what it allows, and the compiler makes <= as cheap.
    "gas-strict-inequalities": "off",
    // Amounts in events are read, not searched for.
    "gas-indexed-events": "off",
  },
};
