// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../interfaces/IRebalancingVault.sol";
import {LaneLib} from "./LaneLib.sol";
import {LanePacking} from "./LanePacking.sol";

/// @title The rules of module 0 as the vault keeps them: words 1 and 2 of the registry in one slot
library RebalancingParams {
    using LaneLib for uint256;
    using LanePacking for uint256;

    /// @notice Words of the module: weights, trading, safety.
    uint256 internal constant WORDS = 3;

    /// @dev Bits of the lanes, the first lane in the lowest byte; each holds the catalogue's maximum with room to widen
    /// it. driftThreshold 14, recenteringSpeed 20, rebalanceInterval 22, tradeCoolOff 17, maxTradeSize 14,
    /// maxSlippage 10, slippageBudget 11, slippageWindow 20: 128 bits.
    uint64 private constant _TRADING_WIDTHS = 0x140b0a0e1116140e;
    /// @dev navDeviation 10, oracleMaxStaleness 18, oracleMaxDeviation 14, sequencerGrace 16, minIdle 14,
    /// maxBaseFee 12, weightRamp 22, auctionDuration 20: 126 bits.
    uint64 private constant _SAFETY_WIDTHS = 0x14160c0e100e120a;

    uint256 private constant _SAFETY_SHIFT = 128;
    uint256 private constant _STALENESS_SHIFT = _SAFETY_SHIFT + 10;
    uint256 private constant _STALENESS_MASK = (1 << 18) - 1;
    uint256 private constant _DEVIATION_SHIFT = _STALENESS_SHIFT + 18;
    uint256 private constant _DEVIATION_MASK = (1 << 14) - 1;
    uint256 private constant _RAMP_SHIFT = _SAFETY_SHIFT + 84;
    uint256 private constant _RAMP_MASK = (1 << 22) - 1;

    /// @param trading word 1 of the module
    /// @param safety word 2 of the module
    function pack(uint256 trading, uint256 safety) internal pure returns (uint256 rules) {
        return trading.squeeze(_TRADING_WIDTHS) | safety.squeeze(_SAFETY_WIDTHS) << _SAFETY_SHIFT;
    }

    /// @notice The words that were packed.
    function unpack(uint256 rules) internal pure returns (uint256 trading, uint256 safety) {
        return (rules.expand(_TRADING_WIDTHS), (rules >> _SAFETY_SHIFT).expand(_SAFETY_WIDTHS));
    }

    /// @return seconds_ The time over which weights move.
    function rampOf(uint256 rules) internal pure returns (uint256 seconds_) {
        return (rules >> _RAMP_SHIFT) & _RAMP_MASK;
    }

    /// @return maxStaleness in seconds
    /// @return maxDeviationBps between a feed and its second source
    function priceLimits(uint256 rules)
        internal
        pure
        returns (uint256 maxStaleness, uint256 maxDeviationBps)
    {
        return (
            (rules >> _STALENESS_SHIFT) & _STALENESS_MASK,
            (rules >> _DEVIATION_SHIFT) & _DEVIATION_MASK
        );
    }

    /// @notice The parameters by name, without the target weights.
    function named(uint256 rules) internal pure returns (IRebalancingVault.Params memory params) {
        (uint256 trading, uint256 safety) = unpack(rules);
        // Safe casts: no lane is stored wider than its field.
        params.driftThreshold = uint16(trading.lane(0));
        params.recenteringSpeed = trading.lane(1);
        params.rebalanceInterval = trading.lane(2);
        params.tradeCoolOff = trading.lane(3);
        params.maxTradeSize = uint16(trading.lane(4));
        params.maxSlippage = uint16(trading.lane(5));
        params.slippageBudget = uint16(trading.lane(6));
        params.slippageWindow = trading.lane(7);
        params.navDeviation = uint16(safety.lane(0));
        params.oracleMaxStaleness = safety.lane(1);
        params.oracleMaxDeviation = uint16(safety.lane(2));
        params.sequencerGrace = safety.lane(3);
        params.minIdle = uint16(safety.lane(4));
        params.maxBaseFee = uint16(safety.lane(5));
        params.weightRamp = safety.lane(6);
        params.auctionDuration = safety.lane(7);
    }
}
