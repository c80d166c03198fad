// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Words of eight 32-bit lanes, stored in fewer bits
/// @notice The registry gives every value 32 bits; most need less. `widths` holds the bits of each lane, a byte a lane
/// from the lowest. What does not fit is refused, so `expand(squeeze(word)) == word` for whatever is stored.
library LanePacking {
    /// @notice The bits of a lane in the registry's words.
    uint256 internal constant LANE_BITS = 32;
    uint256 private constant _LANE = type(uint32).max;
    uint256 private constant _BYTE = type(uint8).max;

    error LaneTooWide(uint256 lane, uint256 value, uint256 largest);

    /// @return value One lane of a word.
    function at(uint256 word, uint256 lane) internal pure returns (uint256 value) {
        return (word >> (LANE_BITS * lane)) & _LANE;
    }

    /// @notice Lanes one after another, without the bits that none of them needs.
    function squeeze(uint256 word, uint64 widths) internal pure returns (uint256 packed) {
        uint256 shift;
        for (uint256 lane = 0; lane < 8; ++lane) {
            uint256 value = at(word, lane);
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
            word |= (packed & ((1 << width) - 1)) << (LANE_BITS * lane);
            packed >>= width;
        }
    }
}
