// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Words of eight 32-bit lanes
/// @notice Lane 0 is the lowest. Values, times of change and freezes are packed in this way.
library LaneLib {
    uint256 private constant LANE = type(uint32).max;
    /// @dev One in every lane.
    uint256 private constant ONES = type(uint256).max / LANE;
    /// @dev Every other lane, and one in every other lane.
    uint256 private constant PAIRS = type(uint256).max / ((1 << 32) + 1);
    uint256 private constant PAIRED_ONES = type(uint256).max / type(uint64).max;

    function lane(uint256 word, uint256 place) internal pure returns (uint256) {
        return (word >> (place << 5)) & LANE;
    }

    /// @dev `value` must fit a lane.
    function withLane(uint256 word, uint256 place, uint256 value) internal pure returns (uint256) {
        uint256 shift = place << 5;
        return (word & ~(LANE << shift)) | (value << shift);
    }

    /// @return Mask of the bits of one lane.
    function mask(uint256 place) internal pure returns (uint256) {
        return LANE << (place << 5);
    }

    /// @return `word` with `value`, which must fit a lane, in every lane under `lanes`.
    function fill(uint256 word, uint256 lanes, uint256 value) internal pure returns (uint256) {
        unchecked {
            return (word & ~lanes) | (lanes & (value * ONES));
        }
    }

    /// @return The sum of the lanes. Adds them in pairs of 64 bits, then the four pairs in the highest one.
    function sum(uint256 word) internal pure returns (uint256) {
        unchecked {
            return (((word & PAIRS) + ((word >> 32) & PAIRS)) * PAIRED_ONES) >> 192;
        }
    }
}
