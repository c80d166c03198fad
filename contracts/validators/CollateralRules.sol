// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILiquidationThresholds} from "../interfaces/ILiquidationThresholds.sol";
import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {Order} from "./Order.sol";

/// @title Rules of the collateral module
/// @notice - for each collateral: targetLtv <= maxLtv, and maxLtv + ltvBuffer <= the lowest liquidation threshold of the
///   venues at which it is borrowed against, as they say it now; where there is none, or nobody is to be asked, 100 %.
///   Without debt (maxLtv of zero) no venue is asked, so that a strategy can leave one that is broken;
/// - ripcordHealthFactor < deleverHealthFactor: debt is paid down in good order before anyone may pull the ripcord;
/// - debtCeilingGap <= a fifth of debtCeiling: the ceiling is reached in steps.
library CollateralRules {
    using LaneLib for uint256;

    uint256 private constant MODULE = 1 << 8;
    uint256 private constant COLLATERALS = 3;
    uint256 private constant WHOLE = 10_000;
    uint256 private constant GAPS_TO_CEILING = 5;

    uint256 private constant TARGET_LTV = MODULE | (0 << 3) | 0;
    uint256 private constant MAX_LTV = MODULE | (0 << 3) | 3;
    uint256 private constant LTV_BUFFER_LANE = 6;
    uint256 private constant DELEVER_HEALTH_FACTOR = MODULE | (1 << 3) | 0;
    uint256 private constant RIPCORD_HEALTH_FACTOR = MODULE | (1 << 3) | 1;
    uint256 private constant DEBT_CEILING_WORD = 5;
    uint256 private constant DEBT_CEILING_GAP_WORD = 6;

    /// @param asked who knows the thresholds, or zero
    function check(bytes32 strategyId, uint256[] calldata words, ILiquidationThresholds asked)
        internal
        view
    {
        (uint256 ltvs, uint256 borrowing) = (words[0], words[1]);
        uint256 buffer = ltvs.lane(LTV_BUFFER_LANE);
        for (uint256 i; i < COLLATERALS; ++i) {
            Order.atMost(TARGET_LTV + i, ltvs, MAX_LTV + i, ltvs);
            uint256 maxLtv = ltvs.lane((MAX_LTV + i) & 7);
            uint256 threshold = WHOLE;
            if (maxLtv != 0 && address(asked) != address(0)) {
                threshold = asked.thresholdOf(strategyId, i);
            }
            if (maxLtv + buffer > threshold) {
                uint16 key = uint16(MAX_LTV + i);
                revert IParamValidator.NoRoomForBuffer(key, maxLtv, buffer, threshold);
            }
        }
        Order.below(RIPCORD_HEALTH_FACTOR, borrowing, DELEVER_HEALTH_FACTOR, borrowing);
        (uint256 ceiling, uint256 gap) = (words[DEBT_CEILING_WORD], words[DEBT_CEILING_GAP_WORD]);
        if (gap > ceiling / GAPS_TO_CEILING) revert IParamValidator.GapTooWide(gap, ceiling);
    }
}
