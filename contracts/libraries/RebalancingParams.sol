// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../interfaces/IRebalancingVault.sol";

/// @title The rules of module 0 as the vault keeps them: words 1 and 2 of the registry in one slot
/// @notice The registry gives every value 32 bits; most need less. Each field below holds the catalogue's maximum with
/// room to widen it, and what does not fit is refused, so `unpack` always gives back what was packed.
///
/// From the lowest bit, word 1: driftThreshold 14, recenteringSpeed 20, rebalanceInterval 22, tradeCoolOff 17,
/// maxTradeSize 14, maxSlippage 10, slippageBudget 11, slippageWindow 20 (128 together); word 2: navDeviation 10,
/// oracleMaxStaleness 18, oracleMaxDeviation 14, sequencerGrace 16, minIdle 14, maxBaseFee 12, weightRamp 22,
/// auctionDuration 20 (126 together).
library RebalancingParams {
    /// @notice Words of the module: weights, trading, safety.
    uint256 internal constant WORDS = 3;

    uint256 private constant _LANE = type(uint32).max;
    /// @dev The bits of the registry's words that a value may use, lane 7 first.
    uint256 private constant _TRADING_BITS =
        0x000fffff000007ff000003ff00003fff0001ffff003fffff000fffff00003fff;
    uint256 private constant _SAFETY_BITS =
        0x000fffff003fffff00000fff00003fff0000ffff00003fff0003ffff000003ff;

    /// @param trading word 1 of the module
    /// @param safety word 2 of the module
    function pack(uint256 trading, uint256 safety) internal pure returns (uint256 rules) {
        if (trading & ~_TRADING_BITS != 0) {
            revert IRebalancingVault.ParamTooLarge(1, trading, _TRADING_BITS);
        }
        if (safety & ~_SAFETY_BITS != 0) {
            revert IRebalancingVault.ParamTooLarge(2, safety, _SAFETY_BITS);
        }
        // Written out: sixteen calls of a function would cost as much as a slot.
        rules = trading & _LANE;
        rules |= ((trading >> 32) & _LANE) << 14;
        rules |= ((trading >> 64) & _LANE) << 34;
        rules |= ((trading >> 96) & _LANE) << 56;
        rules |= ((trading >> 128) & _LANE) << 73;
        rules |= ((trading >> 160) & _LANE) << 87;
        rules |= ((trading >> 192) & _LANE) << 97;
        rules |= ((trading >> 224) & _LANE) << 108;
        rules |= (safety & _LANE) << 128;
        rules |= ((safety >> 32) & _LANE) << 138;
        rules |= ((safety >> 64) & _LANE) << 156;
        rules |= ((safety >> 96) & _LANE) << 170;
        rules |= ((safety >> 128) & _LANE) << 186;
        rules |= ((safety >> 160) & _LANE) << 200;
        rules |= ((safety >> 192) & _LANE) << 212;
        rules |= ((safety >> 224) & _LANE) << 234;
    }

    /// @notice The words that were packed.
    function unpack(uint256 rules) internal pure returns (uint256 trading, uint256 safety) {
        trading = rules & 0x3fff; // driftThreshold
        trading |= ((rules >> 14) & 0xfffff) << 32; // recenteringSpeed
        trading |= ((rules >> 34) & 0x3fffff) << 64; // rebalanceInterval
        trading |= ((rules >> 56) & 0x1ffff) << 96; // tradeCoolOff
        trading |= ((rules >> 73) & 0x3fff) << 128; // maxTradeSize
        trading |= ((rules >> 87) & 0x3ff) << 160; // maxSlippage
        trading |= ((rules >> 97) & 0x7ff) << 192; // slippageBudget
        trading |= ((rules >> 108) & 0xfffff) << 224; // slippageWindow
        safety = (rules >> 128) & 0x3ff; // navDeviation
        safety |= ((rules >> 138) & 0x3ffff) << 32; // oracleMaxStaleness
        safety |= ((rules >> 156) & 0x3fff) << 64; // oracleMaxDeviation
        safety |= ((rules >> 170) & 0xffff) << 96; // sequencerGrace
        safety |= ((rules >> 186) & 0x3fff) << 128; // minIdle
        safety |= ((rules >> 200) & 0xfff) << 160; // maxBaseFee
        safety |= ((rules >> 212) & 0x3fffff) << 192; // weightRamp
        safety |= ((rules >> 234) & 0xfffff) << 224; // auctionDuration
    }

    /// @return seconds_ The time over which weights move.
    function rampOf(uint256 rules) internal pure returns (uint256 seconds_) {
        return _field(rules, 212, 22);
    }

    /// @return maxStaleness in seconds
    /// @return maxDeviationBps between a feed and its second source
    function priceLimits(uint256 rules)
        internal
        pure
        returns (uint256 maxStaleness, uint256 maxDeviationBps)
    {
        return (_field(rules, 138, 18), _field(rules, 156, 14));
    }

    /// @notice The parameters by name, without the target weights.
    function named(uint256 rules) internal pure returns (IRebalancingVault.Params memory params) {
        // Safe casts: no field is wider than its type.
        params.driftThreshold = uint16(_field(rules, 0, 14));
        params.recenteringSpeed = uint32(_field(rules, 14, 20));
        params.rebalanceInterval = uint32(_field(rules, 34, 22));
        params.tradeCoolOff = uint32(_field(rules, 56, 17));
        params.maxTradeSize = uint16(_field(rules, 73, 14));
        params.maxSlippage = uint16(_field(rules, 87, 10));
        params.slippageBudget = uint16(_field(rules, 97, 11));
        params.slippageWindow = uint32(_field(rules, 108, 20));
        params.navDeviation = uint16(_field(rules, 128, 10));
        params.oracleMaxStaleness = uint32(_field(rules, 138, 18));
        params.oracleMaxDeviation = uint16(_field(rules, 156, 14));
        params.sequencerGrace = uint32(_field(rules, 170, 16));
        params.minIdle = uint16(_field(rules, 186, 14));
        params.maxBaseFee = uint16(_field(rules, 200, 12));
        params.weightRamp = uint32(_field(rules, 212, 22));
        params.auctionDuration = uint32(_field(rules, 234, 20));
    }

    function _field(uint256 rules, uint256 shift, uint256 bits) private pure returns (uint256) {
        return (rules >> shift) & ((1 << bits) - 1);
    }
}
