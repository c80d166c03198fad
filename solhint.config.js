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
    // Immutables with a getter read as functions, governor(), the others as constants.
    "immutable-vars-naming": "off",
    // Assembly bounds what is copied from a hostile callee and reads packed words; every block is
    // memory-safe and stands in a function that says what it does.
    "no-inline-assembly": "off",
    // Constructors have had no visibility since Solidity 0.7.
    "func-visibility": ["error", { ignoreConstructors: true }],
    // A limit is part of what it allows, and the compiler makes <= as cheap.
    "gas-strict-inequalities": "off",
    // Amounts in events are read, not searched for.
    "gas-indexed-events": "off",
  },
};
