// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {Order} from "./Order.sol";

/// @title Rules of the rebalancing module
/// @notice - target weights sum to 10,000;
/// - tradeCoolOff <= rebalanceInterval: the vault must not sleep past the time at which it is to wake;
/// - maxSlippage <= slippageBudget: one trade fits into the window's budget;
/// - navDeviation <= slippageBudget: nor may one rebalance lose more than a window;
/// - minIdle <= targetWeight[0]: a vault at its targets holds the base asset that it must keep.
library RebalancingRules {
    using LaneLib for uint256;

    uint256 private constant WHOLE = 10_000;

    uint256 private constant BASE_WEIGHT = (0 << 3) | 0;
    uint256 private constant REBALANCE_INTERVAL = (1 << 3) | 2;
    uint256 private constant TRADE_COOL_OFF = (1 << 3) | 3;
    uint256 private constant MAX_SLIPPAGE = (1 << 3) | 5;
    uint256 private constant SLIPPAGE_BUDGET = (1 << 3) | 6;
    uint256 private constant NAV_DEVIATION = (2 << 3) | 0;
    uint256 private constant MIN_IDLE = (2 << 3) | 4;

    function check(uint256[] calldata words) internal pure {
        (uint256 weights, uint256 trading, uint256 safety) = (words[0], words[1], words[2]);
        if (weights.sum() != WHOLE) revert IParamValidator.WeightsDoNotSum(weights.sum());
        Order.atMost(TRADE_COOL_OFF, trading, REBALANCE_INTERVAL, trading);
        Order.atMost(MAX_SLIPPAGE, trading, SLIPPAGE_BUDGET, trading);
        Order.atMost(NAV_DEVIATION, safety, SLIPPAGE_BUDGET, trading);
        Order.atMost(MIN_IDLE, safety, BASE_WEIGHT, weights);
    }
}
