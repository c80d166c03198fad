// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecLib} from "../../../contracts/libraries/SpecLib.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice However many steps the steward takes, it gets no further from what governance left than one vote could.
contract ReachTest is RegistryTest {
    using SpecLib for uint256;

    /// @notice Steps end one jump from the anchor, to the unit, also when the last one is smaller than a step.
    function test_endsOneJumpFromTheAnchor() public {
        _climb(SLIPPAGE, 500, 25, 9);
        _later(_change(SLIPPAGE, 725, 749));
        skip(1 days);
        _expectBeyond(SLIPPAGE, 749, 751, 500, 250);
        _stewardSet(_change(SLIPPAGE, 749, 750));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
    }

    /// @notice Both ways where no direction reduces risk, for values below zero and for relative jumps.
    function test_holdsBothWays() public {
        _climb(SKEW, -200, -50, 5);
        skip(1 days);
        _expectBeyond(SKEW, -450, -451, -200, 250);
        _later(_change(INTERVAL, 10_000, 15_000));
        skip(1 days);
        // The jump is taken from the anchor, not from where the parameter has come to: 75 % of 10,000.
        _expectBeyond(INTERVAL, 15_000, 17_501, 10_000, 7500);
        _stewardSet(_change(INTERVAL, 15_000, 17_500));
        _later(_change(INTERVAL, 17_500, 13_125));
        _later(_change(INTERVAL, 13_125, 9844));
        _later(_change(INTERVAL, 9844, 7383));
        _later(_change(INTERVAL, 7383, 5538));
        _later(_change(INTERVAL, 5538, 4154));
        _later(_change(INTERVAL, 4154, 3116));
        skip(1 days);
        _expectBeyond(INTERVAL, 3116, 2499, 10_000, 7500);
        _stewardSet(_change(INTERVAL, 3116, 2500));
    }

    /// @notice Amounts have a reach in their own units.
    function test_holdsForAmounts() public {
        _climb(CEILING, 50e18, 5e18, 4);
        skip(1 days);
        _expectBeyond(CEILING, 70e18, 70e18 + 1, 50e18, 20e18);
    }

    /// @notice A move that reduces risk knows no reach, and does not widen it on the other side.
    function test_lessRiskIsFree() public {
        for (int256 value = 500; value > 0; value -= 50) {
            skip(1);
            _stewardSet(_change(SLIPPAGE, value, value - 50));
        }
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        _climb(SLIPPAGE, 0, 25, 30);
        skip(1 days);
        _expectBeyond(SLIPPAGE, 750, 751, 500, 250);
    }

    /// @notice The guardian's reductions do not move the anchor: with the steward it gets no further than the steward.
    function test_guardianDoesNotMoveTheAnchor() public {
        _climb(SLIPPAGE, 500, 25, 10);
        _reduce(_change(SLIPPAGE, 750, 700));
        _reduce(_change(SLIPPAGE, 700, 690));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        _climb(SLIPPAGE, 690, 25, 2);
        skip(1 days);
        _expectBeyond(SLIPPAGE, 740, 751, 500, 250);
        // Nor where it is the first to move.
        _reduce(_change(BUFFER, 500, 900));
        assertEq(registry.anchorOf(CORE, BUFFER), 500);
    }

    /// @notice Governance sets the anchor by changing the parameter, not by stating its value.
    function test_governanceSetsTheAnchor() public {
        _climb(SLIPPAGE, 500, 25, 10);
        skip(1 days);
        _set(_with(_change(SLIPPAGE, 750, 750), BUFFER, 500, 501));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        _expectBeyond(SLIPPAGE, 750, 751, 500, 250);
        _set(_change(SLIPPAGE, 750, 740));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 740);
        _later(_change(SLIPPAGE, 740, 765));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 740);
    }

    /// @notice In the second in which governance set a value, a guardian's reduction starts from that value, not from
    /// an anchor of before.
    function test_guardianInTheSecondOfAVote() public {
        _stewardSet(_change(SLIPPAGE, 500, 525));
        skip(1 days);
        _set(_change(SLIPPAGE, 525, 600));
        _reduce(_change(SLIPPAGE, 600, 590));
        _reduce(_change(SLIPPAGE, 590, 580));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 600);
    }

    /// @notice The same from the listing on: in its own second the guardian may reduce, and the listing is the anchor.
    function test_guardianInTheSecondOfTheListing() public {
        vm.prank(governor);
        registry.listStrategy("new", validator, _moduleWords(), _listings());
        vm.prank(guardian);
        registry.guardianReduce("new", _change(SLIPPAGE, 500, 100));
        assertEq(registry.anchorOf("new", SLIPPAGE), 500);
    }

    /// @notice Back towards the anchor is always within reach, also where the jump was narrowed since; further is not.
    function test_narrowedJump() public {
        _climb(SKEW, -200, 25, 8);
        Spec memory spec = _slippage();
        (spec.minimum, spec.signed, spec.risk) = (-1000, true, BOTH_RISK);
        spec.jump = 50;
        vm.prank(governor);
        registry.narrowSpec(CORE, SKEW, _pack(spec));
        skip(1 days);
        _expectBeyond(SKEW, 0, 1, -200, 50);
        _stewardSet(_change(SKEW, 0, -1));
    }

    /// @notice Where bounds were narrowed past the anchor, they and the reach both hold.
    function test_anchorOutsideNarrowedBounds() public {
        _reduce(_change(SLIPPAGE, 500, 100));
        Spec memory spec = _slippage();
        spec.maximum = 120;
        vm.prank(governor);
        registry.narrowSpec(CORE, SLIPPAGE, _pack(spec));
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        skip(1 days);
        _expectSteward(
            _change(SLIPPAGE, 100, 121),
            abi.encodeWithSelector(IStrategyRegistry.AboveMaximum.selector, SLIPPAGE, 121, 120)
        );
        _stewardSet(_change(SLIPPAGE, 100, 120));
    }

    /// @notice To the unit at the ends of every type: a lane without sign, one with, an amount of the largest scale.
    function test_ends() public {
        IStrategyRegistry.Listing[] memory all = new IStrategyRegistry.Listing[](3);
        Spec memory spec = _slippage();
        (spec.risk, spec.cooldown) = (NEUTRAL_RISK, 0);
        spec.maximum = int64(uint64(type(uint32).max));
        (spec.stepUp, spec.stepDown, spec.jump) = (1 << 31, 1 << 31, type(uint32).max - 1);
        all[0] = _listing(0, spec, 0, "lane");
        (spec.amount, spec.scale) = (true, 38);
        all[2] = _listing(16, spec, 0, "amount");
        (spec.amount, spec.scale, spec.signed) = (false, 0, true);
        (spec.minimum, spec.maximum) = (type(int32).min, type(int32).max);
        all[1] = _listing(8, spec, type(int32).min, "signed");
        uint256[] memory words = new uint256[](1);
        words[0] = 3;
        vm.prank(governor);
        registry.listStrategy("ends", validator, words, all);

        int256[3] memory units = [int256(1), 1, 1e38];
        for (uint256 i = 0; i < 3; ++i) {
            (uint16 key, int256 from, int256 half) = (all[i].key, all[i].value, units[i] << 31);
            int256 last = from + 2 * half - units[i];
            _step(key, from, from + half, "");
            bytes4 rule = IStrategyRegistry.BeyondReach.selector;
            uint256 reach = uint256(last - units[i] - from);
            _step(key, from + half, last, abi.encodeWithSelector(rule, key, last, from, reach));
            _step(key, from + half, last - units[i], "");
            assertEq(registry.valueOf("ends", key), last - units[i]);
            assertEq(registry.anchorOf("ends", key), from);
        }
    }

    function _step(uint16 key, int256 from, int256 to, bytes memory error_) private {
        skip(1);
        uint32 version = uint32(registry.version("ends"));
        if (error_.length != 0) _expect(error_);
        vm.prank(steward);
        registry.stewardSet("ends", _change(key, from, to), version, FOREVER, REPORT);
    }

    /// @notice The cool-down is looked at first, the block after it.
    function test_orderOfTheChecks() public {
        _climb(SLIPPAGE, 500, 25, 10);
        _expectSteward(
            _change(SLIPPAGE, 750, 751),
            abi.encodeWithSelector(
                IStrategyRegistry.CoolingDown.selector, SLIPPAGE, block.timestamp + 1 days
            )
        );
    }

    /// @notice Over any sequence of moves in all lanes the anchor is what governance left, and no risky move of the
    /// steward ends further from it than a jump.
    function test_anyOrderOfLanes(uint256[24] calldata draws) public {
        uint16[5] memory keys = [SLIPPAGE, BUFFER, INTERVAL, SKEW, CAP];
        int256[5] memory anchors;
        for (uint256 i = 0; i < 5; ++i) {
            anchors[i] = _value(keys[i]);
        }
        for (uint256 i = 0; i < draws.length; ++i) {
            skip([uint256(0), 1, 1 days, 1 days][draws[i] & 3]);
            uint256 which = (draws[i] >> 8) % 5;
            _draw(keys[which], anchors, which, draws[i] >> 16);
            assertEq(registry.anchorOf(CORE, keys[which]), anchors[which]);
        }
    }

    function _draw(uint16 key, int256[5] memory anchors, uint256 which, uint256 draw) private {
        uint256 spec = registry.specOf(CORE, key);
        int256 from = _value(key);
        bool up = draw & 1 == 0;
        uint256 most = spec.jump(from) + 1;
        int256 size = int256(1 + (draw >> 16) % (draw & 2 == 0 ? spec.step(up, from) + 1 : most));
        int256 to = up ? from + size : from - size;
        IStrategyRegistry.Change[] memory changes = _change(key, from, to);
        (address by, bytes memory data) = _call(changes, (draw >> 8) % 4);
        vm.prank(by);
        (bool ok,) = address(registry).call(data);
        if (!ok) return;
        if (by == governor) anchors[which] = to;
        if (by != steward || spec.reducesRisk(up)) return;
        int256 distance = up ? to - anchors[which] : anchors[which] - to;
        assertTrue(distance <= int256(spec.jump(anchors[which])));
    }

    function _call(IStrategyRegistry.Change[] memory changes, uint256 lane)
        private
        view
        returns (address, bytes memory)
    {
        if (lane == 0) {
            return
                (governor, abi.encodeCall(registry.setParams, (CORE, changes, 0, FOREVER, REPORT)));
        }
        if (lane == 1) return (guardian, abi.encodeCall(registry.guardianReduce, (CORE, changes)));
        uint32 version = uint32(registry.version(CORE));
        return
            (
                steward,
                abi.encodeCall(registry.stewardSet, (CORE, changes, version, FOREVER, REPORT))
            );
    }

    /* HELPERS */

    /// @notice `count` steps of `step`, each after its cool-down.
    function _climb(uint16 key, int256 from, int256 step, uint256 count) private {
        for (uint256 i = 0; i < count; ++i) {
            _later(_change(key, from, from + step));
            from += step;
        }
    }

    function _later(IStrategyRegistry.Change[] memory changes) private {
        skip(1 days);
        _stewardSet(changes);
    }

    function _expectBeyond(uint16 key, int256 from, int256 to, int256 anchor, uint256 reach)
        private
    {
        _expectSteward(
            _change(key, from, to),
            abi.encodeWithSelector(IStrategyRegistry.BeyondReach.selector, key, to, anchor, reach)
        );
    }
}
