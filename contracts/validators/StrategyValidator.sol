// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILiquidationThresholds} from "../interfaces/ILiquidationThresholds.sol";
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
    ILiquidationThresholds private constant NOBODY = ILiquidationThresholds(address(0));

    /// @notice Asked at which debt venues liquidate; zero for strategies that never borrow.
    ILiquidationThresholds public immutable thresholds;

    constructor(ILiquidationThresholds thresholds_) {
        thresholds = thresholds_;
    }

    /// @inheritdoc IParamValidator
    function validate(bytes32 strategyId, uint8 module, uint256[] calldata words) external view {
        _check(strategyId, module, words, thresholds);
    }

    /// @inheritdoc IParamValidator
    function validateReduction(bytes32 strategyId, uint8 module, uint256[] calldata words)
        external
        view
    {
        _check(strategyId, module, words, NOBODY);
    }

    function _check(
        bytes32 strategyId,
        uint8 module,
        uint256[] calldata words,
        ILiquidationThresholds asked
    ) private view {
        if (module == REBALANCING) {
            RebalancingRules.check(words);
        } else if (module == COLLATERAL) {
            CollateralRules.check(strategyId, words, asked);
        } else if (module == HEDGING) {
            HedgingRules.check(words);
        } else if (module == FEES) {
            FeesRules.check(words);
        } else {
            revert ModuleUnknown(module);
        }
    }
}
