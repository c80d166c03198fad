// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecLib} from "../../contracts/libraries/SpecLib.sol";
import {HostileVault} from "../forge/doubles/HostileVault.sol";
import {Actor, System} from "./System.sol";

/// @title Those who hold a power: governance, a steward and a guardian whose keys are stolen, and anyone who applies
/// @notice Whatever a lane accepts is one version more, within every bound, no farther than the lane may go.
contract Powers is Actor {
    using SpecLib for uint256;

    uint40 private constant FOREVER = type(uint40).max;

    uint16[] private _keys;
    /// @notice Hashes of the states so far: none comes twice.
    mapping(bytes32 stateHash => bool) private _seen;
    /// @dev What governance left of each parameter.
    mapping(uint16 key => int256) private _left;

    constructor(System memory system_, uint16[] memory keys) Actor(system_) {
        _keys = keys;
        for (uint256 i = 0; i < keys.length; ++i) {
            _left[keys[i]] = system.registry.valueOf(CORE, keys[i]);
        }
    }

    /// @notice A vote moves two weights.
    function voteWeights(uint256 from, uint256 to, uint256 by) external act {
        _pass(1 hours);
        (from, to) = (from % ASSETS, to % ASSETS);
        if (from == to) return;
        IStrategyRegistry.Change[] memory changes = new IStrategyRegistry.Change[](ASSETS);
        for (uint256 i = 0; i < ASSETS; ++i) {
            int256 value = system.registry.valueOf(CORE, uint16(i));
            changes[i] = IStrategyRegistry.Change(uint16(i), value, value);
        }
        by = bound(by, 1, 2500);
        changes[from].to -= int256(by);
        changes[to].to += int256(by);
        bytes memory call = abi.encodeCall(
            system.registry.setParams, (CORE, changes, 0, FOREVER, keccak256("report"))
        );
        if (_try(system.governor, call, changes, "voteWeights")) _leave(changes);
    }

    /// @notice A vote moves a rule.
    function voteRule(uint256 which, uint256 distance, bool up) external act {
        _pass(1 hours);
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, true);
        bytes memory call = abi.encodeCall(
            system.registry.setParams, (CORE, changes, 0, FOREVER, keccak256("report"))
        );
        if (_try(system.governor, call, changes, "voteRule")) _leave(changes);
    }

    /// @notice The steward's stolen key moves a rule; however often, no farther from what governance left than one vote.
    function stewardMoves(uint256 which, uint256 distance, bool up) external act {
        _pass(1 hours);
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, false);
        uint32 version = uint32(system.registry.version(CORE));
        bytes memory call = abi.encodeCall(
            system.registry.stewardSet, (CORE, changes, version, FOREVER, keccak256("report"))
        );
        if (_try(system.steward, call, changes, "stewardMoves")) _assertWithinReach(changes[0]);
    }

    /// @notice The guardian's stolen key moves a rule.
    function guardianMoves(uint256 which, uint256 distance, bool up) external act {
        _pass(1 hours);
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, true);
        bytes memory call = abi.encodeCall(system.registry.guardianReduce, (CORE, changes));
        uint256 spec = system.registry.specOf(CORE, changes[0].key);
        bool moved = _try(system.guardian, call, changes, "guardianMoves");
        if (moved) assertTrue(spec.reducesRisk(changes[0].to > changes[0].from), "adds risk");
    }

    /// @notice The guardian freezes for as long as it can, or lifts a freeze; nobody else's act does.
    function freeze(uint256 seconds_, bool lift) external act {
        vm.startPrank(system.guardian);
        if (lift) {
            try system.registry.unfreeze(CORE) {
                _done("unfreeze");
            } catch {}
        } else {
            uint256 until = block.timestamp + bound(seconds_, 1, 2 days);
            try system.registry.freeze(CORE, uint40(until)) {
                _done("freeze");
            } catch {}
        }
        vm.stopPrank();
        assertLe(system.registry.head(CORE).frozenUntil, block.timestamp + 14 days);
    }

    /// @notice Anyone brings all vaults, beside a hostile one in any mood.
    function applyAll(uint256 mood) external act {
        uint256 moods = uint256(type(HostileVault.Mood).max) + 1;
        system.hostile.feel(HostileVault.Mood(mood % moods));
        bool behind = system.vault.appliedVersion() != system.registry.version(CORE);
        system.executor.applyAll(CORE);
        assertEq(system.vault.appliedVersion(), system.registry.version(CORE), "held up");
        if (behind) _done("applyAll");
    }

    /// @notice Nobody without a power moves anything.
    function intrude(uint256 which, uint256 distance, bool up, address intruder) external act {
        if (intruder == system.governor || intruder == system.steward) return;
        if (intruder == system.guardian || intruder == address(system.executor)) return;
        IStrategyRegistry.Change[] memory changes = _move(which, distance, up, false);
        uint32 version = uint32(system.registry.version(CORE));
        bytes32 hash = keccak256("report");
        bytes[4] memory calls = [
            abi.encodeCall(system.registry.setParams, (CORE, changes, 0, FOREVER, hash)),
            abi.encodeCall(system.registry.stewardSet, (CORE, changes, version, FOREVER, hash)),
            abi.encodeCall(system.registry.guardianReduce, (CORE, changes)),
            abi.encodeCall(system.registry.freeze, (CORE, uint40(block.timestamp + 1)))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(intruder);
            (bool ok,) = address(system.registry).call(calls[i]);
            assertFalse(ok, "an intruder moved the registry");
        }
        uint256[] memory words = system.registry.wordsOf(CORE, 0);
        vm.prank(intruder);
        try system.vault.applyParams(version + 1, words) {
            assertTrue(false, "an intruder moved the vault");
        } catch {}
        _done("intrude");
    }

    /* INSIDE */

    /// @dev A refused call changes nothing; one that is not is one version more, and within every bound.
    function _try(
        address caller,
        bytes memory call,
        IStrategyRegistry.Change[] memory changes,
        bytes32 name
    ) private returns (bool ok) {
        bytes32 before = system.registry.stateHash(CORE);
        uint256 version = system.registry.version(CORE);
        vm.prank(caller);
        (ok,) = address(system.registry).call(call);
        bytes32 hash = system.registry.stateHash(CORE);
        if (!ok) {
            assertEq(hash, before);
            assertEq(system.registry.version(CORE), version);
            return false;
        }
        assertEq(system.registry.version(CORE), version + 1);
        assertFalse(_seen[hash], "a state came twice");
        _seen[hash] = true;
        for (uint256 i = 0; i < changes.length; ++i) {
            assertEq(system.registry.valueOf(CORE, changes[i].key), changes[i].to);
        }
        _assertWithinBounds();
        _done(name);
    }

    function _assertWithinBounds() private view {
        for (uint256 i = 0; i < _keys.length; ++i) {
            (int256 low, int256 high) = system.registry.specOf(CORE, _keys[i]).bounds();
            int256 value = system.registry.valueOf(CORE, _keys[i]);
            assertTrue(low <= value && value <= high, "beyond the bounds");
        }
    }

    function _leave(IStrategyRegistry.Change[] memory changes) private {
        for (uint256 i = 0; i < changes.length; ++i) {
            _left[changes[i].key] = changes[i].to;
        }
    }

    function _assertWithinReach(IStrategyRegistry.Change memory change) private view {
        uint256 spec = system.registry.specOf(CORE, change.key);
        int256 left = _left[change.key];
        assertEq(system.registry.anchorOf(CORE, change.key), left);
        bool up = change.to > change.from;
        if (spec.reducesRisk(up)) return;
        int256 distance = up ? change.to - left : left - change.to;
        assertLe(distance, int256(spec.jump(left)), "beyond the reach");
    }

    /// @dev A move of one rule, three times in four no farther than the lane's jump or step.
    function _move(uint256 which, uint256 distance, bool up, bool jump)
        private
        view
        returns (IStrategyRegistry.Change[] memory changes)
    {
        uint16 key = _keys[ASSETS + which % (_keys.length - ASSETS)];
        int256 value = system.registry.valueOf(CORE, key);
        uint256 spec = system.registry.specOf(CORE, key);
        uint256 reach = jump ? spec.jump(value) : spec.step(up, value);
        if (which % 4 == 0) reach = 4 * reach + 1;
        int256 by = int256(bound(distance, 1, reach == 0 ? 1 : reach));
        changes = new IStrategyRegistry.Change[](1);
        changes[0] = IStrategyRegistry.Change(key, value, up ? value + by : value - by);
    }
}
