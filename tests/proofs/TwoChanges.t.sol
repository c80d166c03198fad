// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice Two changes in one call.
/// @custom:proves a second change in a call is bound as the first one is, and both are one version
contract TwoChangesProof is AnyState {
    using LaneLib for uint256;
    using SpecLib for uint256;

    struct Moves {
        int256 from;
        int256 to;
        int256 secondFrom;
        int256 secondTo;
    }

    /// @notice Governance: two parameters of one word, of one kind, each within bounds and jump.
    function check_two_governance(Given memory given, Moves memory moves, uint16 second) public {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, PLAIN);
        // The second may be any of the word, also the same one again.
        second = LANE_KEY & ~uint16(7) | (second & 7);
        registry.seedSpec(id, LANE_KEY + 1, before.spec);
        vm.assume(second == LANE_KEY || second == LANE_KEY + 1);
        second = second == LANE_KEY ? LANE_KEY : LANE_KEY + 1;
        IStrategyRegistry.Change[] memory changes = new IStrategyRegistry.Change[](2);
        changes[0] = IStrategyRegistry.Change(key, moves.from, moves.to);
        changes[1] = IStrategyRegistry.Change(second, moves.secondFrom, moves.secondTo);
        vm.prank(GOVERNOR);
        registry.setParams(id, changes, given.time, given.time, "report");
        OpenRegistry.Look memory later = registry.look(id, key);

        assert(second != key);
        assert(later.version == before.version + 1);
        _checkMove(before, later, key & 7, moves.from, moves.to);
        _checkMove(before, later, second & 7, moves.secondFrom, moves.secondTo);
        uint256 rest = ~(LaneLib.mask(key & 7) | LaneLib.mask(second & 7));
        assert(later.word & rest == before.word & rest);
        assert(later.times & rest == before.times & rest);
    }

    function _checkMove(
        OpenRegistry.Look memory before,
        OpenRegistry.Look memory later,
        uint256 lane,
        int256 from,
        int256 to
    ) private view {
        assert(before.spec.read(before.word, lane) == from);
        assert(later.spec.read(later.word, lane) == to);
        if (from == to) return;
        (int256 low, int256 high) = before.spec.bounds();
        assert(low <= to && to <= high);
        assert(uint256(to > from ? to - from : from - to) <= before.spec.jump(from));
        assert(before.times.lane(lane) != block.timestamp);
        assert(later.times.lane(lane) == block.timestamp);
    }
}
