// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LaneLib} from "./LaneLib.sol";

/// @title Reading a packed parameter spec
/// @notice The layout is given with `IStrategyRegistry.Listing`.
library SpecLib {
    using LaneLib for uint256;

    uint256 private constant RISK_UP = 1 << 200;
    uint256 private constant RISK_DOWN = 1 << 201;
    uint256 private constant RELATIVE = 1 << 202;
    uint256 private constant SIGNED = 1 << 203;
    uint256 private constant LISTED = 1 << 204;
    uint256 private constant AMOUNT = 1 << 205;
    uint256 private constant ABDICATED = 1 << 206;
    /// @dev Bits that must not be set in a spec that is listed or proposed.
    uint256 private constant FREE = (3 << 206) | (uint256(type(uint32).max) << 224);

    /// @dev Where the flags begin: what may never change. Above them the registry keeps 32 bits of its own.
    uint256 private constant KIND = 192;
    uint256 private constant TOP = 224;
    uint256 private constant STEPS_AND_JUMP = uint256(type(uint96).max) << 64;
    /// @dev Far above any token's decimals, and far below what would overflow.
    uint256 private constant MAX_SCALE = 38;
    uint256 private constant BASIS_POINTS = 10_000;
    /// @dev A relative step is a share of the value, or of the maximum over this where that is more.
    uint256 private constant RELATIVE_FLOOR = 1000;

    function isAmount(uint256 spec) internal pure returns (bool) {
        return spec & AMOUNT != 0;
    }

    function isAbdicated(uint256 spec) internal pure returns (bool) {
        return spec & ABDICATED != 0;
    }

    /// @return Mask of the lanes that must be stated together with this one.
    function group(uint256 spec) internal pure returns (uint256) {
        return uint8(spec >> 192);
    }

    function cooldown(uint256 spec) internal pure returns (uint256) {
        return uint32(spec >> 160);
    }

    /// @return The value in lane `lane` of `word`, or the whole word for an amount.
    function read(uint256 spec, uint256 word, uint256 lane) internal pure returns (int256) {
        // casting to 'int256' is safe: an amount is never above its maximum, which `isValid` keeps below 2**160
        if (spec & (SIGNED | AMOUNT) == 0) return int256(word.lane(lane));
        return isAmount(spec) ? int256(word) : int256(int32(uint32(word.lane(lane))));
    }

    /// @param lanes Mask of the value's lane.
    /// @return `word` with `value`, which must be within bounds, in that lane, or `value` for an amount.
    function write(uint256 spec, uint256 word, uint256 lanes, int256 value)
        internal
        pure
        returns (uint256)
    {
        // casting to 'uint256' and 'uint32' is safe: bounds fit the lane, also in two's complement
        return isAmount(spec) ? uint256(value) : word.fill(lanes, uint32(uint256(value)));
    }

    /// @return low The least value that is allowed.
    /// @return high The largest.
    function bounds(uint256 spec) internal pure returns (int256 low, int256 high) {
        (low, high) = (int256(uint256(uint32(spec))), int256(uint256(uint32(spec >> 32))));
        if (spec & (SIGNED | AMOUNT) == 0) return (low, high);
        if (!isAmount(spec)) return (int32(uint32(spec)), int32(uint32(spec >> 32)));
        // casting to 'int256' is safe: 10**38 < 2**255
        int256 unit = int256(_unit(spec));
        return (low * unit, high * unit);
    }

    /// @return The largest move up or down from `current` by the steward.
    function step(uint256 spec, bool up, int256 current) internal pure returns (uint256) {
        return _scaled(spec, uint32(spec >> (up ? 64 : 96)), current);
    }

    /// @return The largest move from `current` by governance.
    function jump(uint256 spec, int256 current) internal pure returns (uint256) {
        uint256 size = uint32(spec >> 128);
        return spec & (RELATIVE | AMOUNT) == 0 ? size : _scaled(spec, size, current);
    }

    /// @return Whether a move in this direction reduces risk.
    function reducesRisk(uint256 spec, bool up) internal pure returns (bool) {
        return spec & (RISK_UP | RISK_DOWN) == (up ? RISK_DOWN : RISK_UP);
    }

    /// @dev Steps within the jump make the steward's lane the narrower one. A share of a value that may be negative
    /// means nothing.
    /// @return Whether the spec can be listed at lane `lane`.
    function isValid(uint256 spec, uint256 lane) internal pure returns (bool) {
        if (spec & LISTED == 0 || spec & FREE != 0) return false;
        if (_signedOrNot(spec, uint32(spec)) > _signedOrNot(spec, uint32(spec >> 32))) {
            return false;
        }
        uint256 largest = uint32(spec >> 128);
        if (uint32(spec >> 64) > largest || uint32(spec >> 96) > largest) return false;
        if (spec & SIGNED != 0 && spec & (RELATIVE | AMOUNT) != 0) return false;
        if (isAmount(spec)) return lane == 0 && group(spec) == 0 && _scale(spec) <= MAX_SCALE;
        return _scale(spec) == 0 && (group(spec) == 0 || group(spec) & (1 << lane) != 0);
    }

    /// @return Whether the two differ in nothing but bounds, steps, jump and cool-down.
    function sameKind(uint256 spec, uint256 other) internal pure returns (bool) {
        return uint32((spec ^ other) >> KIND) == 0;
    }

    /// @dev Both are of one kind.
    /// @return Whether `spec` leaves no more room than `wide` does, in no field.
    function isWithin(uint256 spec, uint256 wide) internal pure returns (bool) {
        (int256 low, int256 high) = bounds(spec);
        (int256 lowest, int256 highest) = bounds(wide);
        return low >= lowest && high <= highest && uint32(spec >> 64) <= uint32(wide >> 64)
            && uint32(spec >> 96) <= uint32(wide >> 96)
            && uint32(spec >> 128) <= uint32(wide >> 128) && cooldown(spec) >= cooldown(wide);
    }

    /// @dev Without steps and a jump, a move of an abdicated parameter fails where every move is measured.
    /// @return The spec of a parameter that never moves again.
    function abdicated(uint256 spec) internal pure returns (uint256) {
        return (spec & ~STEPS_AND_JUMP) | ABDICATED;
    }

    /// @return `spec` with 32 bits of the registry's own: of a listed spec the number of words of its module, which
    /// spares each change a read, of a proposed one the time from which it may be activated.
    function withTop(uint256 spec, uint256 value) internal pure returns (uint256) {
        return withoutTop(spec) | (value << TOP);
    }

    function top(uint256 spec) internal pure returns (uint256) {
        return spec >> TOP;
    }

    /// @return The spec as it was listed or proposed.
    function withoutTop(uint256 spec) internal pure returns (uint256) {
        return spec & ((1 << TOP) - 1);
    }

    function _scaled(uint256 spec, uint256 size, int256 current) private pure returns (uint256) {
        if (spec & (RELATIVE | AMOUNT) == 0) return size;
        if (spec & RELATIVE == 0) return size * _unit(spec);
        (, int256 high) = bounds(spec);
        // Nothing overflows or is negative: a relative parameter is unsigned, and no amount reaches 2**160.
        unchecked {
            uint256 base = RELATIVE_FLOOR * uint256(current);
            if (base < uint256(high)) base = uint256(high);
            return base * size / (RELATIVE_FLOOR * BASIS_POINTS);
        }
    }

    function _signedOrNot(uint256 spec, uint32 lane) private pure returns (int256) {
        // casting to 'int32' is safe: it is the lane's two's complement
        return spec & SIGNED != 0 ? int256(int32(lane)) : int256(uint256(lane));
    }

    function _scale(uint256 spec) private pure returns (uint256) {
        return uint8(spec >> 208);
    }

    function _unit(uint256 spec) private pure returns (uint256) {
        return 10 ** _scale(spec);
    }
}
