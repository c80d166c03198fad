// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../../contracts/libraries/LaneLib.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {AnyState, OpenRegistry} from "./AnyState.sol";

/// @notice One change in each lane: any state, any caller, any call.
/// @custom:proves bounds, step, jump, cool-down, reach, the direction of risk, version and hash chain
contract MovesProof is AnyState {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @dev What the caller chooses.
    struct Call {
        address by;
        int256 from;
        int256 to;
        uint32 expectedVersion;
        uint40 notBefore;
        uint40 notAfter;
        bytes32 reportHash;
    }

    /* GOVERNANCE */

    /// @notice Governance moves a parameter within bounds and jump, once in a block, and anchors it.
    function check_governance_plain(Given memory given, Call memory call) public {
        _governance(given, call, PLAIN);
    }

    /// @notice The same of a signed parameter.
    function check_governance_signed(Given memory given, Call memory call) public {
        _governance(given, call, SIGNED);
    }

    /// @notice The same of a parameter whose jump is a share of its value.
    function check_governance_relative(Given memory given, Call memory call) public {
        _governance(given, call, RELATIVE);
    }

    /// @notice The same of an amount of 18 decimals, which fills its word.
    function check_governance_amount(Given memory given, Call memory call) public {
        _governance(given, call, AMOUNT);
    }

    /* STEWARD */

    /// @notice The steward moves a parameter within bounds, step, cool-down and reach, and leaves its anchor.
    function check_steward_plain(Given memory given, Call memory call) public {
        _steward(given, call, PLAIN);
    }

    /// @notice The same of a signed parameter.
    function check_steward_signed(Given memory given, Call memory call) public {
        _steward(given, call, SIGNED);
    }

    /// @notice The same of a parameter whose step is a share of its value.
    function check_steward_relative(Given memory given, Call memory call) public {
        _steward(given, call, RELATIVE);
    }

    /// @notice The same of an amount of 18 decimals.
    function check_steward_amount(Given memory given, Call memory call) public {
        _steward(given, call, AMOUNT);
    }

    /* GUARDIAN */

    /// @notice The guardian moves a parameter within bounds, only where that reduces risk, and leaves its anchor.
    function check_guardian_plain(Given memory given, Call memory call) public {
        _guardian(given, call, PLAIN);
    }

    /// @notice The same of a signed parameter.
    function check_guardian_signed(Given memory given, Call memory call) public {
        _guardian(given, call, SIGNED);
    }

    /// @notice The same of an amount of 18 decimals.
    function check_guardian_amount(Given memory given, Call memory call) public {
        _guardian(given, call, AMOUNT);
    }

    /* INSIDE */

    function _governance(Given memory given, Call memory call, uint8 kind) private {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, kind);
        vm.prank(call.by);
        registry.setParams(id, _changes(key, call), call.notBefore, call.notAfter, call.reportHash);
        OpenRegistry.Look memory later = registry.look(id, key);

        assert(call.by == GOVERNOR);
        assert(call.reportHash != 0);
        assert(call.notBefore <= given.time && given.time <= call.notAfter);
        assert(given.frozenUntil <= given.time && before.keyFrozenUntil <= given.time);
        _checkVersion(before, later, call.reportHash);
        _checkValue(before, later, call, key, given.time);
        assert(_distance(call) <= before.spec.jump(call.from));
        assert(before.times.lane(key & 7) != given.time);
        assert(_anchor(later, key) == call.to);
    }

    function _steward(Given memory given, Call memory call, uint8 kind) private {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, kind);
        vm.prank(call.by);
        registry.stewardSet(
            id, _changes(key, call), call.expectedVersion, call.notAfter, call.reportHash
        );
        OpenRegistry.Look memory later = registry.look(id, key);

        assert(registry.hasRole(registry.STEWARD_ROLE(), call.by));
        assert(call.reportHash != 0);
        assert(call.expectedVersion == given.version && given.time <= call.notAfter);
        assert(given.frozenUntil <= given.time && before.keyFrozenUntil <= given.time);
        _checkVersion(before, later, call.reportHash);
        _checkValue(before, later, call, key, given.time);
        bool up = call.to > call.from;
        assert(_distance(call) <= before.spec.step(up, call.from));
        assert(before.times.lane(key & 7) != given.time);
        int256 anchor = _anchor(before, key);
        assert(_anchor(later, key) == anchor);
        if (before.spec.reducesRisk(up)) return;
        assert(before.times.lane(key & 7) + given.cooldown <= given.time);
        assert((up ? call.to - anchor : anchor - call.to) <= int256(before.spec.jump(anchor)));
    }

    function _guardian(Given memory given, Call memory call, uint8 kind) private {
        (uint16 key, OpenRegistry.Look memory before) = _given(given, kind);
        vm.prank(call.by);
        registry.guardianReduce(id, _changes(key, call));
        OpenRegistry.Look memory later = registry.look(id, key);

        assert(registry.hasRole(registry.GUARDIAN_ROLE(), call.by));
        _checkVersion(before, later, 0);
        _checkValue(before, later, call, key, given.time);
        assert(before.spec.reducesRisk(call.to > call.from));
        assert(_anchor(later, key) == _anchor(before, key));
    }

    function _changes(uint16 key, Call memory call)
        private
        pure
        returns (IStrategyRegistry.Change[] memory changes)
    {
        changes = new IStrategyRegistry.Change[](1);
        changes[0] = IStrategyRegistry.Change(key, call.from, call.to);
    }

    /// @dev One version more, and its link in the chain of hashes over what is stored now.
    function _checkVersion(
        OpenRegistry.Look memory before,
        OpenRegistry.Look memory later,
        bytes32 reportHash
    ) private view {
        assert(later.version == before.version + 1);
        uint256 first = registry.wordOf(id, MODULE << 5);
        bytes32 moduleHash = keccak256(abi.encodePacked(MODULE, first, later.word));
        bytes32 wordsHash = keccak256(abi.encode(bytes32(0), moduleHash));
        bytes32 link =
            keccak256(abi.encode(before.stateHash, before.version + 1, reportHash, wordsHash));
        assert(later.stateHash == link);
    }

    /// @dev The value, and nothing beside it, became what was asked, within bounds, now.
    function _checkValue(
        OpenRegistry.Look memory before,
        OpenRegistry.Look memory later,
        Call memory call,
        uint256 key,
        uint256 time
    ) private pure {
        assert(later.spec == before.spec && later.proposed == before.proposed);
        assert(call.from == _value(before, key) && call.to == _value(later, key));
        (int256 low, int256 high) = later.spec.bounds();
        assert(low <= call.to && call.to <= high);
        uint256 rest = ~LaneLib.mask(key & 7);
        if (!later.spec.isAmount()) assert(later.word & rest == before.word & rest);
        assert(later.times & rest == before.times & rest);
        assert(later.times.lane(key & 7) == time);
        assert(later.anchoredAt.lane(key & 7) <= time);
    }

    function _distance(Call memory call) private pure returns (uint256) {
        return uint256(call.to > call.from ? call.to - call.from : call.from - call.to);
    }
}
