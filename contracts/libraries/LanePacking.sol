// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LaneLib} from "./LaneLib.sol";

/// @title Words of eight 32-bit lanes, stored in fewer bits
/// @notice The registry gives every value 32 bits; most need less. `widths` holds the bits of each lane, a byte a lane
/// from the lowest. What does not fit is refused, so `expand(squeeze(word)) == word` for whatever is stored.
library LanePacking {
    uint256 private constant _LANE_BITS = 32;
    uint256 private constant _BYTE = type(uint8).max;

    error LaneTooWide(uint256 lane, uint256 value, uint256 largest);

    /// @notice Lanes one after another, without the bits that none of them needs.
    function squeeze(uint256 word, uint64 widths) internal pure returns (uint256 packed) {
        uint256 shift;
        for (uint256 lane = 0; lane < 8; ++lane) {
            uint256 value = LaneLib.lane(word, lane);
            uint256 width = (widths >> (8 * lane)) & _BYTE;
            if (value >> width != 0) revert LaneTooWide(lane, value, (1 << width) - 1);
            packed |= value << shift;
            shift += width;
        }
    }

    /// @notice The word that was squeezed; bits above the widths' sum are not looked at.
    function expand(uint256 packed, uint64 widths) internal pure returns (uint256 word) {
        for (uint256 lane = 0; lane < 8; ++lane) {
            uint256 width = (widths >> (8 * lane)) & _BYTE;
            word |= (packed & ((1 << width) - 1)) << (_LANE_BITS * lane);
            packed >>= width;
        }
    }
}
