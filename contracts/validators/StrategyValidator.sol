// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {CollateralRules} from "./CollateralRules.sol";
import {FeesRules} from "./FeesRules.sol";
import {HedgingRules} from "./HedgingRules.sol";
import {RebalancingRules} from "./RebalancingRules.sol";

/// @title StrategyValidator
/// @notice The rules between the parameters of the standard catalogue: one small library a module.
/// @dev Lanes are places in the catalogue of `dpo_gov.params`, and `dpo_gov.guardrails.invariants` is the twin.
contract StrategyValidator is IParamValidator {
    uint8 private constant REBALANCING = 0;
    uint8 private constant COLLATERAL = 1;
    uint8 private constant HEDGING = 2;
    uint8 private constant FEES = 3;

    /// @inheritdoc IParamValidator
    function validate(bytes32, uint8 module, uint256[] calldata words) external pure {
        _check(module, words);
    }

    /// @inheritdoc IParamValidator
    function validateReduction(bytes32, uint8 module, uint256[] calldata words) external pure {
        _check(module, words);
    }

    function _check(uint8 module, uint256[] calldata words) private pure {
        if (module == REBALANCING) RebalancingRules.check(words);
        else if (module == COLLATERAL) CollateralRules.check(words);
        else if (module == HEDGING) HedgingRules.check(words);
        else if (module == FEES) FeesRules.check(words);
        else revert ModuleUnknown(module);
    }
}
