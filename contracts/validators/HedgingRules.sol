// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Order} from "./Order.sol";

/// @title Rules of the hedging module
/// @notice - deltaBand <= maxNetDelta: the band in which no hedge is traded lies within the limit;
/// - minAbsDelta <= maxAbsDelta, minTenor < maxTenor, ivMin < ivMax: there are options that may be bought;
/// - spotShockDown < spotShockUp: the margin shocks are shocks.
library HedgingRules {
    uint256 private constant MODULE = 2 << 8;

    uint256 private constant DELTA_BAND = MODULE | (0 << 3) | 1;
    uint256 private constant MAX_NET_DELTA = MODULE | (0 << 3) | 2;
    uint256 private constant MIN_ABS_DELTA = MODULE | (0 << 3) | 6;
    uint256 private constant MAX_ABS_DELTA = MODULE | (0 << 3) | 7;
    uint256 private constant MIN_TENOR = MODULE | (1 << 3) | 0;
    uint256 private constant MAX_TENOR = MODULE | (1 << 3) | 1;
    uint256 private constant IV_MIN = MODULE | (1 << 3) | 2;
    uint256 private constant IV_MAX = MODULE | (1 << 3) | 3;
    uint256 private constant SPOT_SHOCK_DOWN = MODULE | (1 << 3) | 4;
    uint256 private constant SPOT_SHOCK_UP = MODULE | (1 << 3) | 5;

    function check(uint256[] calldata words) internal pure {
        (uint256 limits, uint256 options) = (words[0], words[1]);
        Order.atMost(DELTA_BAND, limits, MAX_NET_DELTA, limits);
        Order.atMost(MIN_ABS_DELTA, limits, MAX_ABS_DELTA, limits);
        Order.below(MIN_TENOR, options, MAX_TENOR, options);
        Order.below(IV_MIN, options, IV_MAX, options);
        Order.below(SPOT_SHOCK_DOWN, options, SPOT_SHOCK_UP, options);
    }
}
