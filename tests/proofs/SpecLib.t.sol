// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {Test} from "../forge/Test.sol";

/// @notice The arithmetic of lanes and specs, for every word, every lane and every spec.
/// @custom:proves what the other proofs take from the libraries
contract SpecLibProof is Test {
    using LaneLib for uint256;
    using SpecLib for uint256;

    uint256 private constant LISTED = 1 << 204;

    /// @notice A lane holds what was written to it, and nothing beside it changes.
    function check_lanes(uint256 word, uint8 place, uint32 value) public pure {
        uint256 lane = place & 7;
        uint256 mask = LaneLib.mask(lane);
        assert(mask == uint256(type(uint32).max) << (32 * lane));
        assert(word.withLane(lane, value) == word.fill(mask, value));
        assert(word.fill(mask, value).lane(lane) == value);
        assert(word.fill(mask, value) & ~mask == word & ~mask);
    }

    /// @notice A signed value within its bounds is read as it was written, in any lane.
    function check_signedLane(uint256 word, uint8 place, int32 low, int32 high, int256 value)
        public
        pure
    {
        uint256 lane = place & 7;
        uint256 spec = LISTED | 1 << 203 | uint256(uint32(high)) << 32 | uint32(low);
        (int256 least, int256 most) = spec.bounds();
        assert(least == low && most == high);
        vm.assume(low <= value && value <= high);
        uint256 written = spec.write(word, LaneLib.mask(lane), value);
        assert(spec.read(written, lane) == value);
        assert(written & ~LaneLib.mask(lane) == word & ~LaneLib.mask(lane));
    }

    /// @notice A spec that may be listed is of one of the five kinds, and its steps lie within its jump.
    function check_valid(uint256 spec, uint8 place) public pure {
        uint256 lane = place & 7;
        vm.assume(spec.isValid(lane));
        assert(spec & LISTED != 0 && !spec.isAbdicated() && spec >> 224 == 0);
        assert(uint32(spec >> 64) <= uint32(spec >> 128));
        assert(uint32(spec >> 96) <= uint32(spec >> 128));
        bool relative = spec & 1 << 202 != 0;
        bool signed = spec & 1 << 203 != 0;
        if (signed) assert(int32(uint32(spec)) <= int32(uint32(spec >> 32)));
        else assert(uint32(spec) <= uint32(spec >> 32));
        if (spec.isAmount()) {
            assert(!signed && lane == 0 && spec.group() == 0 && uint8(spec >> 208) <= 38);
        } else {
            assert(!(signed && relative) && uint8(spec >> 208) == 0);
            assert(spec.group() == 0 || spec.group() >> lane & 1 == 1);
        }
    }

    /// @notice The bounds of an amount are its limits times 10**scale, for every scale, without overflow.
    function check_amountBounds(uint32 low, uint32 high) public pure {
        uint256 unit = 1;
        for (uint256 scale; scale <= 38; ++scale) {
            uint256 spec = LISTED | 1 << 205 | scale << 208 | uint256(high) << 32 | low;
            (int256 least, int256 most) = spec.bounds();
            assert(least == int256(low * unit) && most == int256(high * unit));
            assert(most < 2 ** 160);
            unit *= 10;
        }
    }

    /// @notice A relative step is the share of the value, or of a thousandth of the maximum, rounded down.
    function check_relativeStep(uint32 high, uint32 size, uint32 value) public pure {
        uint256 spec = LISTED | 1 << 202 | uint256(high) << 32 | uint256(size) << 64;
        uint256 thousandfold = uint256(value) * 1000;
        uint256 base = thousandfold > high ? thousandfold : high;
        assert(spec.step(true, int256(uint256(value))) == base * size / 10_000_000);
    }

    /// @notice What was given up has no step and no jump, at any value, of any kind in a lane.
    function check_abdicatedSpec(uint256 spec, bool up, uint32 value) public pure {
        vm.assume(spec & 1 << 205 == 0);
        uint256 given = spec.abdicated();
        assert(given.isAbdicated());
        assert(given.step(up, int256(uint256(value))) == 0);
        assert(given.jump(int256(uint256(value))) == 0);
        (int256 low, int256 high) = spec.bounds();
        (int256 newLow, int256 newHigh) = given.bounds();
        assert(low == newLow && high == newHigh);
    }
}
