// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../interfaces/IRebalancingVault.sol";
import {LaneLib} from "./LaneLib.sol";

/// @title Target weights on their ramp, in one slot with the version they came from
/// @notice From the lowest bit: eight targets of 14 bits, eight weights of 14 bits that the ramp starts from, the
/// version in 32 bits. Weights are basis points and each eight sum to 10,000.
library TargetWeights {
    using LaneLib for uint256;

    /// @notice The whole of the weights that the vault works with.
    uint256 internal constant WHOLE = 1e18;

    uint256 private constant _BITS = 14;
    uint256 private constant _MASK = (1 << _BITS) - 1;
    uint256 private constant _FROM_SHIFT = 8 * _BITS;
    uint256 private constant _ALL_MASK = (1 << _FROM_SHIFT) - 1;
    uint256 private constant _VERSION_SHIFT = 2 * _FROM_SHIFT;
    uint256 private constant _WHOLE_BPS = 10_000;
    uint256 private constant _PER_BPS = WHOLE / _WHOLE_BPS;

    /// @notice Reads the registry's word of target weights.
    /// @return targets packed, refused unless the first `count` are the whole
    function parse(uint256 word, uint256 count) internal pure returns (uint256 targets) {
        uint256 sum = 0;
        // Unchecked: a sum of eight lanes is far from overflow.
        unchecked {
            for (uint256 i = 0; i < count; ++i) {
                uint256 weight = word.lane(i);
                sum += weight;
                targets |= weight << (_BITS * i);
            }
        }
        bool more = count < 8 && word >> (32 * count) != 0;
        // No weight exceeds their sum, so that each fits its bits.
        if (sum != _WHOLE_BPS || more) revert IRebalancingVault.WeightsNotWhole(sum, _WHOLE_BPS);
    }

    function pack(uint256 targets, uint256 from, uint256 version)
        internal
        pure
        returns (uint256 slot)
    {
        return targets | from << _FROM_SHIFT | version << _VERSION_SHIFT;
    }

    function versionOf(uint256 slot) internal pure returns (uint256) {
        return slot >> _VERSION_SHIFT;
    }

    function targetsOf(uint256 slot) internal pure returns (uint256) {
        return slot & _ALL_MASK;
    }

    function fromOf(uint256 slot) internal pure returns (uint256) {
        return (slot >> _FROM_SHIFT) & _ALL_MASK;
    }

    /// @notice The registry's word of target weights, as it was given.
    function wordOf(uint256 slot) internal pure returns (uint256 word) {
        for (uint256 shift = 0; shift < 256; shift += 32) {
            word |= (slot & _MASK) << shift;
            slot >>= _BITS;
        }
    }

    /// @notice One target in basis points.
    function bpsAt(uint256 packed, uint256 asset) internal pure returns (uint256) {
        return (packed >> (_BITS * asset)) & _MASK;
    }

    /// @notice Where the targets are, in 1e18 of the whole, `elapsed` seconds into a ramp of `duration`.
    /// @dev Linear. The base asset takes what rounding leaves, so that the sum is always the whole.
    function ramped(uint256 slot, uint256 count, uint256 elapsed, uint256 duration)
        internal
        pure
        returns (uint256[] memory targets)
    {
        targets = new uint256[](count);
        uint256 rest = WHOLE;
        for (uint256 i = count - 1; i > 0; --i) {
            uint256 to = bpsAt(slot, i);
            uint256 from = bpsAt(slot >> _FROM_SHIFT, i);
            targets[i] = elapsed >= duration
                ? to * _PER_BPS
                : (from * (duration - elapsed) + to * elapsed) * _PER_BPS / duration;
            rest -= targets[i];
        }
        targets[0] = rest;
    }

    /// @notice Where the targets are, packed: the start of the next ramp. Rounded down to basis points; the base asset
    /// takes what is left.
    function rampedPacked(uint256 slot, uint256 count, uint256 elapsed, uint256 duration)
        internal
        pure
        returns (uint256 packed)
    {
        if (elapsed >= duration) return targetsOf(slot);
        uint256[] memory targets = ramped(slot, count, elapsed, duration);
        uint256 rest = _WHOLE_BPS;
        for (uint256 i = count - 1; i > 0; --i) {
            uint256 bps = targets[i] / _PER_BPS;
            packed |= bps << (_BITS * i);
            rest -= bps;
        }
        packed |= rest;
    }
}
